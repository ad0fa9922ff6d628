// Ctrl+K: one box for tickets, customers, lists and canned replies (asked of the desk), and for the
// acts of the page one looks at (its own buttons, whatever they are).
import { takeCanned } from "./canned.js";

const dialog = document.querySelector("#palette");
const input = dialog?.querySelector("input");
const acts = dialog?.querySelector("[data-palette-acts]");
const found = dialog?.querySelector("[data-palette-found]");
let chosen = 0;
let asked = 0;

const lines = () => [...dialog.querySelectorAll(".menu__item")];

function light(index) {
  const all = lines();
  chosen = Math.max(0, Math.min(all.length - 1, index));
  all.forEach((line, number) => line.classList.toggle("menu__item--current", number === chosen));
  all[chosen]?.scrollIntoView({ block: "nearest" });
}

function listActs(words) {
  acts.replaceChildren();
  if (!words.length) return;
  const buttons = document.querySelectorAll("#sidebar .panel__acts button, .composer .menu__item:not([name=insert])");
  for (const button of buttons) {
    const name = button.textContent.trim().replace(/\s+/g, " ");
    if (!name || !words.every((word) => name.toLocaleLowerCase().includes(word))) continue;
    const line = document.createElement("li");
    const act = Object.assign(document.createElement("button"), { type: "button", className: "menu__item" });
    act.textContent = name;
    act.addEventListener("click", () => { dialog.close(); button.click(); });
    line.append(act);
    acts.append(line);
  }
}

async function ask() {
  const text = input.value.trim();
  const turn = ++asked;
  listActs(text.toLocaleLowerCase().split(/\s+/).filter(Boolean));
  const ticket = document.querySelector("#composer") ? "&ticket=1" : "";
  try {
    const answer = await fetch(`${dialog.dataset.paletteUrl}?q=${encodeURIComponent(text)}${ticket}`, {
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    if (!answer.ok || turn !== asked) return;
    found.innerHTML = await answer.text();
  } catch {
    return; // the desk cannot be reached for the moment
  }
  light(0);
}

function toggle() {
  if (dialog.open) return dialog.close();
  input.value = "";
  dialog.showModal();
  input.focus();
  ask();
}

if (dialog) {
  let pause;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, 120);
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) light(chosen + step);
    else if (event.key === "Enter" && event.target === input) lines()[chosen]?.click();
    else return;
    event.preventDefault();
  });
  found.addEventListener("click", (event) => {
    const key = event.target.closest("[data-palette-canned]")?.dataset.paletteCanned;
    if (!key) return;
    event.preventDefault();
    dialog.close();
    takeCanned(document.querySelector("#reply"), key);
  });
  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.shortcuts === "off" || event.code !== "KeyK" || event.altKey) return;
    if (event.defaultPrevented) return; // in the editor it makes a link
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    toggle();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) toggle();
    if (event.target === dialog) dialog.close();
  });
}
