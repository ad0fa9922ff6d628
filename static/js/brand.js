// The preview of a brand follows the colour while it is being chosen.
const frame = document.querySelector("[data-brand-look]");
const colour = document.querySelector("input[type=color][name=accent]");
let waiting;

colour?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const address = new URL(frame.src);
    address.searchParams.set("accent", colour.value);
    frame.src = address.href;
  }, 200);
});
