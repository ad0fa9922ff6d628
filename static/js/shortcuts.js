// Single keys, by their place on the keyboard, so a Cyrillic layout changes nothing.
// <body data-shortcuts="off"> turns them off; inside inputs they never act.
import { editorOf } from "./editor.js";

let at = -1;
let went = 0; // when "g" was pressed: the next key says where to

const press = (selector) => {
  const target = document.querySelector(selector);
  if (target) target.click();
  return Boolean(target);
};

const focus = (selector) => {
  const target = document.querySelector(selector);
  target?.closest("details")?.setAttribute("open", "");
  target?.closest("[popover]")?.showPopover?.();
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  return Boolean(target);
};

function step(by) {
  const rows = [...document.querySelectorAll(".queue > .row")];
  if (!rows.length) return press(by > 0 ? "[data-key-next]" : "[data-key-previous]");
  at = Math.min(rows.length - 1, Math.max(0, at + by));
  rows.forEach((row, index) => row.classList.toggle("row--current", index === at));
  rows[at].querySelector("a")?.focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
  return true;
}

function write(kind) {
  const editor = editorOf(document.querySelector(`.composer__form--${kind}`));
  if (!editor || !press(`.composer .tabs [value="${kind}"]`)) return false;
  editor.focus();
  editor.element.scrollIntoView({ block: "nearest" });
  return true;
}

// In a list these act on the chosen rows, on a ticket's page on the ticket.
const either = (act, other) => () =>
  (document.querySelector(".row > label :checked") && bulk(act)) || other();
function bulk(act) {
  const menu = document.querySelector(`.bulk details:has([name="act"][value="${act}"])`);
  if (!menu) return press(`.bulk [name="act"][value="${act}"]`);
  menu.open = true;
  menu.querySelector(".input, .menu__item")?.focus();
  return true;
}
const panel = (act) => `#sidebar form[action$="/${act}/"]`;

const keys = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyO: () => press(".row--current .row__line > a"),
  KeyX: () => press(".row--current > label input"),
  KeyU: () => press("[data-key-back]"),
  KeyC: () => press("[data-key-new]"),
  KeyR: () => write("reply"),
  KeyN: () => write("note"),
  KeyF: () => write("side"),
  KeyA: either("assign", () => focus("#assignment select")),
  KeyI: either("take", () => press(`${panel("assignment")} input[name="to"] ~ button`)),
  KeyS: () => focus(`${panel("solution")} button, ${panel("reopening")} button`),
  KeyP: either("priority", () => focus("#priority select")),
  KeyT: either("tag", () => focus("#tags input[name=add]")),
  KeyV: either("move", () => focus("#department select")),
  KeyB: either("hold", () => focus("#hold input[name=until]")),
  KeyE: either("solve", () => press(`${panel("solution")} button`)),
  KeyW: either("follow", () => press(`${panel("followers")} .button--small`)),
  KeyM: () => press(".canned > summary"),
  KeyZ: () => press("[data-key-undo]"),
  KeyG: () => Boolean((went = Date.now())),
  Slash: () => focus("[data-key-search]"),
  Period: () => press("[data-copy]"),
};

const shifted = {
  KeyM: either("merge", () => focus("#merge input[name=into]")),
  Digit1: either("spam", () => press(`${panel("spam")} button`)),
  Slash: help,
};

const places = { KeyM: "mine", KeyU: "unassigned", KeyW: "waiting", KeyD: "drafts", KeyA: "all" };

let sheet = null;

async function fetchSheet(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" });
  if (!answer.ok) throw new Error(answer.status);
  document.body.insertAdjacentHTML("beforeend", await answer.text());
  return document.body.lastElementChild;
}

function help() {
  sheet ??= fetchSheet(document.body.dataset.keysUrl);
  sheet.then(
    (dialog) => (dialog.open ? dialog.close() : dialog.showModal()),
    () => (sheet = null), // the desk cannot be reached for the moment
  );
  return true;
}

function go(code) {
  went = 0;
  return Boolean(places[code]) && press(`.nav [href$="/views/${places[code]}/"]`);
}

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts === "off" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (event.code !== "Slash" && document.querySelector("dialog[open]")) return;
  if (Date.now() - went < 1500 && go(event.code)) return event.preventDefault();
  const act = (event.shiftKey ? shifted : keys)[event.code];
  if (act && act()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts-open]") && help()) event.preventDefault(); // instead of its page
});
