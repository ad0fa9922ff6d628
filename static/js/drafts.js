// Saves what is typed in a form with data-draft-url some seconds after the hand rests, and when the
// page goes away. What could not be saved stays in this browser until it is.
import { editorOf } from "./editor.js";
import { forget, keep, kept } from "./kept.js";

const PAUSE = 2500;
const LONGEST = 8000; // also while the hand does not rest
const AGAIN = 15000;
const waiting = new WeakMap();
const dirty = new Set();
const since = new WeakMap();
const sending = new WeakMap();

function snapshot(form) {
  form.richEditor?.settle();
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

async function save(form, { leaving = false } = {}) {
  clearTimeout(waiting.get(form));
  if (!leaving && sending.has(form)) return later(form, PAUSE);
  const area = form.querySelector("textarea");
  const data = snapshot(form);
  const stop = new AbortController();
  dirty.delete(form);
  since.delete(form);
  sending.set(form, stop);
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: data,
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
      redirect: "error",
      keepalive: leaving,
      signal: stop.signal,
    });
    if (answer.headers.has("HX-Redirect")) return signedOut(form, answer.headers.get("HX-Redirect"));
    if (answer.status === 409) return ask(form, await answer.json());
    if (!answer.ok) throw new Error(String(answer.status));
    const version = form.elements.version;
    if (version) version.value = answer.headers.get("X-Draft-Version") ?? "";
    forget(form);
    say(form, "saved");
    if (!dirty.has(form)) area.dispatchEvent(new Event("draft:saved", { bubbles: true }));
  } catch (error) {
    if (error.name === "AbortError") return;
    failed(form, "failed");
    later(form, AGAIN);
  } finally {
    sending.delete(form);
  }
}

function say(form, what) {
  const state = form.querySelector("[data-draft-state]");
  if (state) state.textContent = state.dataset[what] ?? "";
  return state;
}

function failed(form, what) {
  dirty.add(form);
  keep(form);
  return say(form, what);
}

function signedOut(form, address) {
  const state = failed(form, "signedOut");
  if (!state?.dataset.signIn) return;
  const link = Object.assign(document.createElement("a"), { href: address });
  link.textContent = state.dataset.signIn;
  state.append(" ", link);
}

// Another window has saved something else since: nothing is lost before somebody says so.
function ask(form, other) {
  dirty.add(form);
  keep(form);
  const box = form.querySelector("[data-draft-conflict]");
  if (!box) return;
  box.hidden = false;
  box.onclick = (event) => {
    const choice = event.target.dataset.keep;
    if (!choice) return;
    box.hidden = true;
    form.elements.version.value = other.version;
    const editor = editorOf(form);
    if (choice === "both") {
      if (editor.html) editor.insertHtml(other.html);
      else editor.text = `${editor.text}\n\n${other.text}`;
    }
    save(form);
  };
}

function later(form, pause) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(save, pause, form));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft-url]");
  if (!form || event.target.type === "file") return;
  dirty.add(form);
  if (!since.has(form)) since.set(form, Date.now());
  later(form, Math.max(0, Math.min(PAUSE, since.get(form) + LONGEST - Date.now())));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  clearTimeout(waiting.get(form));
  sending.get(form)?.abort();
  dirty.delete(form);
});

window.addEventListener("pagehide", () => {
  for (const form of dirty) save(form, { leaving: true });
});

function restore(form) {
  const entry = kept(form);
  if (!entry) return;
  const editor = editorOf(form);
  if (entry.text === editor.text) return forget(form);
  // Saved elsewhere meanwhile: then both stay.
  const same = entry.version === (form.elements.version?.value ?? "");
  if (entry.html && editor.html !== "") {
    if (same) editor.text = "";
    editor.insertHtml(entry.html);
  } else editor.text = same ? entry.text : `${editor.text}\n\n${entry.text}`;
  save(form);
}

for (const form of document.querySelectorAll("form[data-draft-owner]")) {
  if (form.querySelector("[data-editor=rich]") && !form.richEditor) {
    form.addEventListener("editor:ready", () => restore(form), { once: true });
  } else restore(form);
}
