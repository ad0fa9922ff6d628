// What a customer typed stays in this browser until it is sent, and is offered to them when they
// come to the form again: <form data-typed="which" data-typed-owner="whose"> with an offer in it.
// A form with data-typed-sends="which" sends what was typed elsewhere. That it was sent, the page
// that follows says with data-sent.
import { TYPED, drop, get, put } from "./stored.js";

const PAUSE = 400; // milliseconds after the hand rests
const SENT = "sent";
const waiting = new Map();

const nameOf = ({ dataset }) => `${TYPED}${dataset.typedOwner} ${dataset.typed ?? dataset.typedSends}`;
const isTick = ({ type }) => type === "checkbox" || type === "radio";
const keyOf = (field) => (isTick(field) ? `${field.name}=${field.value}` : field.name);
const fieldsOf = (form) =>
  [...form.elements].filter((one) => one.name && one.matches("textarea, select, input:not([type=hidden], [type=file])"));
const textsOf = (form) =>
  fieldsOf(form).filter((one) => one.matches("textarea, input") && !isTick(one) && one.value.trim());

function save(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (!textsOf(form).length) return drop(nameOf(form));
  const said = fieldsOf(form).map((one) => [keyOf(one), isTick(one) ? one.checked : one.value]);
  put(nameOf(form), { said: Object.fromEntries(said) });
}

function fill(form, said) {
  for (const field of fieldsOf(form)) {
    const value = said.get(keyOf(field));
    if (value === undefined) continue;
    said.delete(keyOf(field));
    const how = isTick(field) ? "checked" : "value";
    if (field[how] === value) continue;
    field[how] = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!field.matches("textarea")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function offer(form) {
  const box = form.querySelector("[data-typed-offer]");
  const entry = get(nameOf(form));
  if (!box || !entry || textsOf(form).length) return;
  const long = form.querySelector("textarea")?.name;
  box.querySelector("[data-typed-start]").textContent = entry.said.subject || entry.said[long] || "";
  box.hidden = false;
  box.addEventListener("click", ({ target }) => {
    if (target.closest("[data-typed-take]")) {
      const said = new Map(Object.entries(entry.said));
      fill(form, said);
      // The chosen topic may bring more fields.
      form.addEventListener("htmx:afterSettle", () => fill(form, said));
      form.querySelector("textarea").focus();
    } else if (target.closest("[data-typed-forget]")) drop(nameOf(form));
    else return;
    box.hidden = true;
  });
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-typed]");
  if (!form) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(save, PAUSE, form));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-typed], [data-typed-sends]")) return;
  if ("typed" in form.dataset) save(form);
  sessionStorage.setItem(SENT, nameOf(form));
});

window.addEventListener("pagehide", () => [...waiting.keys()].forEach(save));

if (document.querySelector("[data-sent]")) {
  drop(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
}
for (const form of document.querySelectorAll("form[data-typed]")) offer(form);
