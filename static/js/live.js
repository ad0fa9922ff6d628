// Asks every few seconds what this page does not know yet. Whoever shows something says what it
// knows ("live:ask", the question is the detail) and takes what comes back ("live:answer").
// A hidden page asks only if it may make a sound or show a notification, and once a minute.
const desk = document.body.dataset;
const CALM = Number(desk.liveCalm) || 15;
const TOGETHER = 5; // seconds, while somebody else is on the same ticket
const HIDDEN = 60;
const AWAY = 300; // the longest pause while the desk cannot be reached
let had = "";
let pace = CALM;
let misses = 0;
let timer = 0;
let asked = 0;
let signedOut = false;

function plan() {
  clearTimeout(timer);
  if (signedOut || (document.hidden && !desk.liveHidden)) return;
  const pause = Math.min(AWAY, (document.hidden ? HIDDEN : pace) * 2 ** misses);
  timer = setTimeout(ask, pause * (900 + 200 * Math.random()));
}

async function ask() {
  asked = Date.now();
  const question = new URLSearchParams();
  document.dispatchEvent(new CustomEvent("live:ask", { detail: question }));
  if (had) question.set("had", had);
  if (signedOut) question.set("csrf", "1");
  try {
    const answer = await fetch(`${desk.liveUrl}?${question}`, {
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    misses = answer.status < 500 ? 0 : misses + 1;
    if (answer.headers.has("HX-Redirect") || answer.status === 403) return signOut();
    if (answer.status === 200) take(await answer.json());
  } catch {
    misses += 1;
  }
  plan();
}

function take(news) {
  had = news.had;
  if (signedOut) signIn(news.csrf);
  pace = document.querySelector("[data-live-ticket]") && Object.keys(news.here).length ? TOGETHER : CALM;
  document.dispatchEvent(new CustomEvent("live:answer", { detail: news }));
}

// The session ended: what was typed stays, and nobody is asked any more until one comes back.
function signOut() {
  const words = document.querySelector("template[data-signed-out]");
  if (!signedOut && words) document.body.append(words.content.cloneNode(true));
  signedOut = true;
}

function signIn(token) {
  signedOut = false;
  document.querySelector("[data-signed-out-notice]")?.remove();
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - asked > 2000) ask();
  else plan();
});
if (desk.liveUrl) plan();
