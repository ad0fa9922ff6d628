// The pages of customers: answers appear below the last message, the list of requests says in a
// line that something is new. Nothing moves under the hand. live.js asks and gives the answer.
import { below } from "./below.js";

const MOST = 60; // messages the question names
const bar = document.querySelector("[data-live-bar]");
const news = document.getElementById("news");
const turn = document.querySelector("[data-status]");
const title = document.title;
let unread = 0;

document.addEventListener("live:ask", ({ detail: question }) => {
  if (bar) question.set("since", bar.dataset.since);
  if (!news) return;
  const shown = [...document.querySelectorAll("[data-message]")].map((one) => one.dataset.message);
  question.set("shown", shown.slice(-MOST).join(","));
  question.set("status", turn.dataset.status);
});

document.addEventListener("live:answer", ({ detail: answer }) => {
  if (bar) {
    bar.innerHTML = answer.bar;
    unread = answer.count;
  } else if (news) {
    turn.dataset.status = answer.status;
    turn.innerHTML = answer.turn;
    if (answer.messages) below(news, answer.messages);
    unread += answer.count;
  }
  document.title = unread ? `(${unread}) ${title}` : title;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden || bar) return;
  unread = 0;
  document.title = title;
});
