// Rows chosen for an act on many: says how many, ticks a whole page, and a stretch with Shift.
let last = null;

const boxes = () => [...document.querySelectorAll(".row > label input")];

function tell() {
  const chosen = boxes().filter((box) => box.checked).length;
  for (const place of document.querySelectorAll("[data-pick-count]")) {
    place.textContent = `${place.dataset.words} ${chosen}`;
  }
  for (const label of document.querySelectorAll("[data-pick-all]")) {
    label.hidden = false;
    const all = label.querySelector("input");
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(".row > label input");
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last?.isConnected) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.closest("[data-pick-all], .row > label")) tell();
});

document.addEventListener("htmx:afterSwap", tell);
window.addEventListener("pageshow", tell);
tell();
