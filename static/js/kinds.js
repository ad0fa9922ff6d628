// Which files the desk takes, by what they contain, roughly as helpdesk/lib/kinds.py says it: it is
// kinder to say no before the file travels. The server looks again.
const LOOK = 65536;
const STARTS = { png: "89504e47", gif: "47494638", jpeg: "ffd8ff", webp: "52494646", pdf: "255044462d" };
const CONTROLS = new Set([9, 10, 12, 13, 27]);

export async function refusal(file, limit, words) {
  if (file.size > limit) return words.tooLarge;
  const kinds = words.kinds.split(" ");
  const bytes = new Uint8Array(await file.slice(0, LOOK).arrayBuffer());
  const start = [...bytes.slice(0, 5)].map((one) => one.toString(16).padStart(2, "0")).join("");
  const is = (kind) => (STARTS[kind] ? start.startsWith(STARTS[kind]) : isText(bytes, start));
  return kinds.some(is) ? "" : words.wrongKind;
}

function isText(bytes, start) {
  const isWide = start.startsWith("fffe") || start.startsWith("feff"); // UTF-16, as Windows writes it
  const strange = bytes.filter((one) => one < 32 && !CONTROLS.has(one)).length;
  return bytes.length > 0 && (isWide || (!bytes.includes(0) && strange <= bytes.length / 100));
}
