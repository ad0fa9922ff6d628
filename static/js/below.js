// Puts what arrived below what stands in a box; whoever writes further down keeps their line where
// it is.
export function below(box, html) {
  const writer = document.activeElement?.closest(".composer, form[data-ctrl-enter]");
  const before = writer?.getBoundingClientRect().top ?? 0;
  box.insertAdjacentHTML("beforeend", html);
  window.htmx?.process(box);
  if (!writer) return;
  const moved = () => writer.getBoundingClientRect().top - before;
  window.scrollBy({ top: moved(), behavior: "instant" });
  // A short page has nothing to scroll: give it room below.
  if (moved() > 0) document.body.style.paddingBlockEnd = `${moved()}px`;
  window.scrollBy({ top: moved(), behavior: "instant" });
}
