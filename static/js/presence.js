// Who else is here: says that one writes at the first key, and that one leaves; shows the others
// on the ticket [data-live-ticket] and in the rows of a list.
const WRITES_FOR = 20000; // milliseconds after the last key
const page = document.querySelector("[data-live-ticket]");
let wrote = 0;

const writes = () => Date.now() - wrote < WRITES_FOR;

function say(what) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
  data.set(what, "1");
  navigator.sendBeacon(page.dataset.presenceUrl, data);
}

document.addEventListener("input", (event) => {
  if (!page || !event.target.closest(".composer")) return;
  if (!writes()) say("writing");
  wrote = Date.now();
});

document.addEventListener("live:ask", ({ detail: question }) => {
  if (!page || document.hidden) return;
  question.set("ticket", page.dataset.liveTicket);
  if (writes()) question.set("writing", "1");
});

function show(place, html) {
  if (place && place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
}

document.addEventListener("live:answer", ({ detail: { here } }) => {
  for (const place of document.querySelectorAll("[data-viewers]")) {
    show(place, here[place.dataset.viewers] ?? "");
  }
  for (const row of document.querySelectorAll(".queue > [id^=ticket-]")) {
    const html = here[row.id.replace("ticket-", "")] ?? "";
    let place = row.querySelector(".row__viewers");
    if (!place && html) {
      place = Object.assign(document.createElement("span"), { className: "row__viewers" });
      row.querySelector(".row__who")?.append(place);
    }
    show(place, html);
  }
});

window.addEventListener("pagehide", () => page && say("gone"));
document.addEventListener("visibilitychange", () => {
  if (page && document.hidden) say("gone");
});
document.addEventListener("submit", (event) => {
  if (event.target.closest(".composer")) wrote = 0;
});
