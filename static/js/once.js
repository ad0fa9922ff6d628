// A form is sent once, however often its button is pressed while the answer is awaited. Without
// scripts the server knows the same words again.
const PATIENCE = 5000;
let sent = new WeakMap();

// On the window, behind whoever stops a form or sends it by itself.
window.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const before = sent.get(event.target);
  if (before !== undefined && performance.now() - before < PATIENCE) event.preventDefault();
  else sent.set(event.target, performance.now());
});

// Back to a page that the browser kept as it was: it may be sent anew.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) sent = new WeakMap();
});
