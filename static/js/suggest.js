// Lists that open while one writes in the composer: canned replies and macros behind "/", tickets
// behind "#", colleagues behind "@". The key "m" and the menu open the first one with a search box.
// <form data-suggest="/#" data-suggest-url="..."> says which signs count and who knows the answers.
import { takeCanned } from "./canned.js";
import { editorOf } from "./editor.js";

const KINDS = { "/": "canned", "#": "ticket", "@": "agent" };
const SIGN = /(?:^|[\s([{„“«"])([/#@])((?:[\p{L}\p{N}._’'-]+(?: [\p{L}\p{N}._’'-]+){0,3} ?)?)$/u;
const PAUSE = 120;
const LONGEST = 80; // letters before the caret that are looked at

const box = document.querySelector("#suggest");
const search = box?.querySelector(".suggest__search");
const list = box?.querySelector("[role=listbox]");
const preview = box?.querySelector("[data-suggest-preview]");
const status = box?.querySelector("[data-suggest-status]");

let at = null; // {form, kind, count, host}: where the list is open; count letters are replaced
let chosen = -1;
let turn = 0;
let pause;
let refused = ""; // what stood before the caret when Escape closed the list

const options = () => [...list.querySelectorAll("[role=option]")];

function light(index) {
  const all = options();
  chosen = all.length ? (index + all.length) % all.length : -1;
  all.forEach((one, number) => {
    one.classList.toggle("menu__item--current", number === chosen);
    one.setAttribute("aria-selected", String(number === chosen));
  });
  const one = all[chosen];
  one?.scrollIntoView({ block: "nearest" });
  if (one) at.host.setAttribute("aria-activedescendant", one.id);
  else at.host.removeAttribute("aria-activedescendant");
  const shown = one?.querySelector("template")?.content.cloneNode(true);
  preview.replaceChildren(...(shown ? [shown] : []));
  preview.hidden = !shown;
}

function place() {
  const { left, top, bottom } = editorOf(at.form).caret;
  const frame = at.form.getBoundingClientRect();
  const below = window.innerHeight - bottom;
  const width = Math.min(frame.width, 704);
  const start = Math.max(frame.left, Math.min(left, frame.right - width));
  box.style.setProperty("left", `${start}px`);
  box.style.setProperty("width", `${width}px`);
  box.style.setProperty("max-height", `${Math.max(top, below) - 16}px`);
  box.style.setProperty("top", below > top ? `${bottom + 4}px` : "auto");
  box.style.setProperty("bottom", below > top ? "auto" : `${window.innerHeight - top + 4}px`);
}

function close() {
  clearTimeout(pause);
  turn += 1;
  if (!at) return;
  for (const name of ["aria-activedescendant", "aria-controls", "aria-autocomplete"]) {
    if (at.host !== search) at.host.removeAttribute(name);
  }
  search.removeAttribute("aria-activedescendant");
  box.hidden = true;
  at = null;
}

async function ask(where, text) {
  const mine = ++turn;
  const query = new URLSearchParams({ kind: where.kind, q: text });
  let part;
  try {
    const answer = await fetch(`${where.form.dataset.suggestUrl}?${query}`, {
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    if (!answer.ok || mine !== turn) return;
    part = await answer.text();
  } catch {
    return; // the desk cannot be reached for the moment
  }
  if (mine !== turn) return;
  list.innerHTML = part;
  const found = options().length;
  // Nobody is kept from writing a word that only looks like the beginning of one.
  if (!found && where.host !== search) return close();
  if (at && at.host !== where.host) close();
  at = where;
  search.hidden = where.host !== search;
  box.hidden = false;
  if (where.host !== search) {
    where.host.setAttribute("aria-autocomplete", "list");
    where.host.setAttribute("aria-controls", list.id);
  }
  status.textContent = found ? `${box.dataset.count} ${found}` : box.dataset.nothing;
  place();
  light(0);
}

function soon(where, text) {
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE, where, text);
}

// What is typed in `form` asks for a list, or no longer does.
function look(form) {
  const editor = editorOf(form);
  if (!editor) return;
  const before = editor.before.slice(-LONGEST);
  const found = SIGN.exec(before);
  if (!found || !form.dataset.suggest.includes(found[1])) {
    refused = "";
    return close();
  }
  const [, sign, text] = found;
  const start = before.slice(0, before.length - text.length);
  if (refused && start === refused) return;
  refused = "";
  soon({ form, kind: KINDS[sign], count: text.length + 1, host: editor.element }, text);
}

// The search box: for the form that is shown, whatever stands in it.
function pick() {
  const forms = [...document.querySelectorAll("form[data-suggest]")];
  const form = forms.find((one) => one.offsetParent && one.dataset.suggest.includes("/"));
  if (!form) return;
  close();
  search.value = "";
  ask({ form, kind: "canned", count: 0, host: search }, "").then(() => search.focus());
}

function apply(form, key) {
  const button = Object.assign(document.createElement("button"), {
    type: "submit",
    name: "macro",
    value: key,
    formAction: form.dataset.macroUrl,
    formNoValidate: true,
    hidden: true,
  });
  form.append(button);
  form.requestSubmit(button);
}

function take(one) {
  const { form, count } = at;
  const editor = editorOf(form);
  close();
  if (one.dataset.canned) return takeCanned(form, one.dataset.canned, count);
  editor.replaceBefore(count, one.dataset.put);
  if (one.dataset.macro) apply(document.querySelector("form[data-macro-url]"), one.dataset.macro);
  else editor.focus();
}

function onKey(event) {
  if (!at || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const one = options()[chosen];
  if (event.key === "ArrowDown") light(chosen + 1);
  else if (event.key === "ArrowUp") light(chosen - 1);
  else if ((event.key === "Enter" || event.key === "Tab") && one && !event.shiftKey) take(one);
  else if (event.key === "Escape") {
    const { form, count } = at;
    const editor = editorOf(form);
    refused = editor.before.slice(-LONGEST).slice(0, -(count - 1) || undefined);
    close();
    editor.focus();
  } else if (event.key === "Enter" && at.host === search) return event.preventDefault();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

if (box) {
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("input", (event) => {
    if (event.target === search) return soon({ ...at, count: 0, host: search }, search.value.trim());
    const form = event.target.closest("form[data-suggest]");
    // The caret of the formatting editor follows its text.
    if (form && !event.isComposing) setTimeout(look, 0, form);
  });
  document.addEventListener("keyup", (event) => {
    const moves = ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key);
    if (at && moves && at.host !== search) look(at.form);
  });
  // The editor keeps the caret while one points at the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("[role=option]");
    if (one) take(one);
  });
  list.addEventListener("pointermove", (event) => {
    const number = options().indexOf(event.target.closest("[role=option]"));
    if (number >= 0 && number !== chosen) light(number);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest(".canned > summary")) {
      event.preventDefault();
      return at?.host === search ? close() : pick();
    }
    if (at && !box.contains(event.target) && event.target !== at.host) close();
  });
  window.addEventListener("resize", () => at && place());
}
