// The bell: its number, a sound, and a notification of the browser for what the agent wants to hear
// of. Of several open pages only one makes the sound.
const desk = document.body.dataset;
const HEARD = "desk:heard"; // the newest line that any page of this browser has announced
let told = Number(desk.told) || 0;
let bell = Number(desk.bell) || 0;

document.addEventListener("live:ask", ({ detail: question }) => {
  question.set("told", told);
  question.set("bell", bell);
});

document.addEventListener("live:answer", ({ detail: news }) => {
  if (news.bell !== bell) {
    const place = document.getElementById("bell");
    if (place) place.outerHTML = news.bell_part;
    bell = news.bell;
  }
  const heard = Math.max(told, Number(localStorage.getItem(HEARD)) || 0);
  told = Math.max(told, ...news.told.map((line) => line.pk));
  const fresh = news.told.filter((line) => line.pk > heard);
  if (!fresh.length) return;
  localStorage.setItem(HEARD, told);
  if (fresh.some((line) => line.sound)) {
    new Audio(desk.soundUrl).play().catch(() => {}); // browsers forbid it before the first click
  }
  if (window.Notification?.permission !== "granted") return;
  for (const line of fresh.filter((one) => one.browser)) show(line);
});

function show(line) {
  const sign = new Notification(line.title, { body: line.why, tag: `told-${line.pk}` });
  sign.onclick = () => {
    window.focus();
    location.assign(line.url);
    sign.close();
  };
}

// The button of the profile page; hidden where the browser cannot, or was told already.
const button = document.querySelector("[data-notify-ask]");
if (button && window.Notification?.permission === "default") {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    button.hidden = true;
    say();
  });
}

function say() {
  const state = window.Notification?.permission ?? "denied";
  for (const one of document.querySelectorAll("[data-notify-state]")) {
    one.hidden = one.dataset.notifyState !== state;
  }
}
say();
