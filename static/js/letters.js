// Foreign HTML letters lie in a sandboxed frame without scripts; the page measures and stretches it.
// <iframe class="letter-frame" sandbox="allow-same-origin allow-popups" srcdoc="...">
const watched = new WeakSet();

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page?.isConnected || !frame.contentDocument.body) return;
  const height = Math.min(frame.contentDocument.body.scrollHeight + 24, 20000);
  if (Math.abs(frame.offsetHeight - height) > 2) frame.height = String(height);
}

function watch(frame) {
  fit(frame);
  const body = frame.contentDocument?.body;
  if (!body || watched.has(body)) return;
  watched.add(body);
  new ResizeObserver(() => fit(frame)).observe(body);
}

document.addEventListener(
  "load",
  (event) => {
    if (event.target instanceof HTMLIFrameElement && event.target.matches(".letter-frame")) watch(event.target);
  },
  true,
);

for (const frame of document.querySelectorAll(".letter-frame")) watch(frame);
