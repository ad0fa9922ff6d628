// Which files the desk takes, by what they contain, as tickets/attachments.py says: it is kinder to
// say no before the file travels. The server looks again.
const LOOK = 65536;
const STARTS = ["89504e47", "47494638", "ffd8ff", "255044462d"]; // PNG, GIF, JPEG, %PDF-
const CONTROLS = new Set([9, 10, 12, 13, 27]);

export async function refusal(file, limit, words) {
  if (file.size > limit) return words.tooLarge;
  const bytes = new Uint8Array(await file.slice(0, LOOK).arrayBuffer());
  const start = [...bytes.slice(0, 5)].map((one) => one.toString(16).padStart(2, "0")).join("");
  if (STARTS.some((known) => start.startsWith(known))) return "";
  const strange = bytes.filter((one) => one < 32 && !CONTROLS.has(one)).length;
  const isText = bytes.length > 0 && !bytes.includes(0) && strange <= bytes.length / 100;
  const first = new TextDecoder().decode(bytes.slice(0, 200)).trimStart()[0];
  return isText && first !== "<" ? "" : words.wrongKind;
}
