// Whom a letter goes to: the send button names them as boxes are ticked, and Enter in a small field
// of the composer (an address, minutes, a time) sends nothing.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-copy-to]")) return;
  const { form } = event.target;
  const copied = [...form.querySelectorAll("[data-copy-to]:checked")];
  const label = form.querySelector("[data-copied-to]");
  if (label) label.textContent = copied.map((box) => `, ${box.dataset.copyTo}`).join("");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
  if (event.target.matches(".composer__form input")) event.preventDefault();
});
