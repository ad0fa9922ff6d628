// Asks <... data-live-url data-live-seconds> for news; shows the HTML that comes back and counts in
// the tab's title. The answer says its number in the header X-News; an empty answer means no news.
const title = document.title;
let known = 0;

function announce(count) {
  document.title = count > 0 ? `(${count}) ${title}` : title;
  if (count > known && document.querySelector('[data-sound="on"]')) {
    const chime = document.querySelector("[data-sound-url]")?.dataset.soundUrl;
    if (chime) new Audio(chime).play().catch(() => {}); // a browser may forbid sound before a click
  }
  known = count;
}

async function ask(place) {
  try {
    const answer = await fetch(place.dataset.liveUrl, {
      headers: { "HX-Request": "true", "X-Live": "1" },
      credentials: "same-origin",
      redirect: "error",
    });
    if (!answer.ok || !place.isConnected) return;
    const html = answer.status === 204 ? "" : (await answer.text()).trim();
    if (html !== place.lastNews) {
      place.lastNews = html;
      place.innerHTML = html;
      window.htmx?.process(place);
    }
    place.news = Number(answer.headers.get("X-News")) || 0;
    announce([...document.querySelectorAll("[data-live-url]")].reduce((sum, one) => sum + (one.news || 0), 0));
  } catch {
    // The desk cannot be reached for the moment: the next turn asks again.
  }
}

function turn() {
  const now = Date.now();
  for (const place of document.querySelectorAll("[data-live-url]")) {
    const pause = (Number(place.dataset.liveSeconds) || 30) * (document.hidden ? 2000 : 1000);
    place.lastAsked ??= now;
    if (now - place.lastAsked < pause) continue;
    place.lastAsked = now;
    ask(place);
  }
}

setInterval(turn, 1000);
