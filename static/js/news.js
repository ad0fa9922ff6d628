// Shows what is new: the line "3 new" of a list or a ticket [data-live-bar], rows that changed in
// their place, messages below the last one [data-news-url]. Nothing moves under the hand.
import { below } from "./below.js";

const bar = document.querySelector("[data-live-bar]");
const messages = () => document.querySelector("[data-news-url]"); // htmx may replace it
const rows = () => [...document.querySelectorAll(".queue > [id^=ticket-]")];
const number = (row) => row.id.replace("ticket-", "");
const title = document.title;
const CALM = 20000; // milliseconds between two looks at changed rows
let fresh = document.body.dataset.since;
let looked = 0;
let shown = 0;

document.addEventListener("live:ask", ({ detail: question }) => {
  question.set("since", document.body.dataset.since);
  const said = messages();
  if (said) question.set("after", said.dataset.after);
  if (!bar) return;
  for (const name of ["view", "lit", "back"]) {
    if (bar.dataset[name]) question.set(name, bar.dataset[name]);
  }
  if (bar.dataset.view) {
    question.set("rows", rows().map(number).join(","));
    question.set("fresh", fresh);
  }
});

document.addEventListener("live:answer", async ({ detail: news }) => {
  if (bar && bar.innerHTML.trim() !== news.bar.trim()) {
    bar.innerHTML = news.bar;
    window.htmx?.process(bar);
  }
  if (news.said && messages()) await listen(messages());
  const count = news.count + shown;
  document.title = count ? `(${count}) ${title}` : title;
  if (news.changed.length && Date.now() - looked > CALM) await renew(news);
});

// The list once more, and from it only the rows that changed; one that left the list stays where it
// is, paler, until the list is opened anew.
async function renew(news) {
  looked = Date.now();
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.status === 204) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const key of news.changed) {
    const old = document.getElementById(`ticket-${key}`);
    const now = page.getElementById(`ticket-${key}`);
    if (!old) continue;
    if (!now) {
      old.classList.add("row--gone");
      continue;
    }
    const [was, is] = [old, now].map((row) => row.querySelector(":scope > label input"));
    if (was && is) is.checked = was.checked;
    if (old.classList.contains("row--current")) now.classList.add("row--current");
    const held = old.contains(document.activeElement) && document.activeElement.tagName;
    old.replaceWith(document.adoptNode(now));
    if (held) now.querySelector(held)?.focus();
  }
  fresh = news.newest;
}

// Messages that came go below the last one.
async function listen(said) {
  const answer = await fetch(`${said.dataset.newsUrl}?after=${said.dataset.after}`, {
    headers: { "HX-Request": "true" },
  });
  if (answer.status !== 200) return;
  below(said, await answer.text());
  shown += Number(answer.headers.get("X-News")) || 0;
  const last = [...said.querySelectorAll("[data-message]")].map((one) => Number(one.dataset.message));
  said.dataset.after = Math.max(Number(said.dataset.after), ...last);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) shown = 0;
});
