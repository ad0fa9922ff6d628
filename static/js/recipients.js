// The send button names whom the answer goes to, as boxes above it are ticked.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-copy-to]")) return;
  const { form } = event.target;
  const copied = [...form.querySelectorAll("[data-copy-to]:checked")];
  const label = form.querySelector("[data-copied-to]");
  if (label) label.textContent = copied.map((box) => `, ${box.dataset.copyTo}`).join("");
});
