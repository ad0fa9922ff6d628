// Single keys, by their place on the keyboard, so a Cyrillic layout changes nothing.
// <body data-shortcuts="off"> turns them off; inside inputs they never act.
let at = -1;

const press = (selector) => {
  const target = document.querySelector(selector);
  if (target) target.click();
  return Boolean(target);
};

const focus = (selector) => {
  const target = document.querySelector(selector);
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  return Boolean(target);
};

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return press(by > 0 ? "[data-key-next]" : "[data-key-previous]");
  at = Math.min(rows.length - 1, Math.max(0, at + by));
  rows.forEach((row, index) => row.classList.toggle("row--current", index === at));
  rows[at].querySelector("a")?.focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
  return true;
}

const write = (kind) => press(`.composer .tabs [value="${kind}"]`) &&
  focus(`.composer__form--${kind} textarea`);

const keys = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyO: () => press(".row--current [data-row-open]"),
  KeyX: () => press(".row--current .row__pick input"),
  KeyU: () => press("[data-key-back]"),
  KeyC: () => press("[data-key-new]"),
  KeyR: () => write("reply"),
  KeyN: () => write("note"),
  Slash: () => focus("[data-key-search]"),
};

function help() {
  const sheet = document.querySelector("dialog[data-shortcuts-sheet]");
  if (sheet) sheet.open ? sheet.close() : sheet.showModal();
  return Boolean(sheet);
}

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts === "off" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (event.code !== "Slash" && document.querySelector("dialog[open]")) return;
  const act = event.code === "Slash" && event.shiftKey ? help : !event.shiftKey && keys[event.code];
  if (act && act()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts-open]")) help();
});
