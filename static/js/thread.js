// The history of a ticket: a link to a folded message opens its surroundings, and a button leads to
// the newest message while that is out of sight.
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
