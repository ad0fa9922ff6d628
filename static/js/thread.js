// The history of a ticket: a link to a folded message opens its surroundings, a button leads to the
// newest message while that is out of sight, and a message is quoted or its address copied.
import { editorOf } from "./editor.js";

function unfold() {
  const [, key] = location.hash.match(/^#message-(\d+)$/) || [];
  const asked = new URLSearchParams(location.search);
  if (!key || document.querySelector(location.hash) || !document.querySelector("[data-fold]")) return;
  if (asked.get("message") === key) return; // it does not stand in this history
  asked.set("message", key);
  location.replace(`${location.pathname}?${asked}${location.hash}`);
}

window.addEventListener("hashchange", unfold);
unfold();

const button = document.querySelector("[data-newest]");

if (button) {
  const key = (message) => Number(message.dataset.message);
  const sight = new IntersectionObserver((entries) => {
    button.hidden = entries.at(-1).isIntersecting;
  });
  let watched = null;
  const watch = () => {
    const messages = [...document.querySelectorAll("#main .thread [data-message]")];
    const newest = messages.reduce((one, other) => (one && key(one) > key(other) ? one : other), null);
    if (newest === watched) return;
    if (watched) sight.unobserve(watched);
    watched = newest;
    if (!newest) return;
    button.href = `#${newest.id}`;
    sight.observe(newest);
  };
  new MutationObserver(watch).observe(document.querySelector("#main"), { childList: true, subtree: true });
  watch();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-quote], [data-copy-address]");
  const form = document.querySelector(".composer__form--reply");
  const editor = editorOf(form);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if ("quote" in link.dataset) {
    if (!editor) return;
    event.preventDefault();
    const plain = form.richEditor ? "" : "?plain=1";
    const answer = await fetch(`${link.dataset.quote}${plain}`, { redirect: "error" });
    if (!answer.ok) return;
    const quoted = await answer.text();
    link.closest("details").open = false;
    document.querySelector('.composer .tabs [value="reply"]')?.click();
    if (plain) editor.insert(quoted);
    else editor.insertHtml(quoted);
    editor.focus();
  } else if (navigator.clipboard) {
    event.preventDefault();
    await navigator.clipboard.writeText(link.href);
    const label = link.querySelector("[data-copied]");
    [label.textContent, label.dataset.copied] = [label.dataset.copied, label.textContent];
    setTimeout(() => {
      [label.textContent, label.dataset.copied] = [label.dataset.copied, label.textContent];
      link.closest("details").open = false;
    }, 1200);
  }
});
