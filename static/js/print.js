// The page for paper: its button opens the browser's own dialog.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
