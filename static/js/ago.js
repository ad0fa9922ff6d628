// Keeps <time data-ago datetime="..."> true while the page stays open.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", {
  numeric: "always",
  style: "short",
});
const STEPS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
    if (!step || Math.abs(seconds) >= 7 * 86400) continue; // the server's words stand
    const text = words.format(Math.trunc(seconds / step[1]), step[0]);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(refresh, 30000);
document.addEventListener("visibilitychange", refresh);
