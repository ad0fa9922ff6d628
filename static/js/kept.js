// Drafts that could not be saved on the server, in this browser, for nobody but who wrote them.
import { editorOf } from "./editor.js";

const LASTS = 7 * 24 * 3600 * 1000;
const nameOf = (form) => `draft ${form.dataset.draftOwner} ${form.dataset.draftUrl}`;

export function keep(form) {
  if (!form.dataset.draftOwner) return;
  const { text, html } = editorOf(form);
  const version = form.elements.version?.value ?? "";
  try {
    localStorage.setItem(nameOf(form), JSON.stringify({ text, html, version, at: Date.now() }));
  } catch {
    // No room, or not allowed: the text still stands in the form.
  }
}

export function kept(form) {
  const entry = JSON.parse(read(form) ?? "null");
  if (entry && Date.now() - entry.at < LASTS) return entry;
  forget(form);
  return null;
}

function read(form) {
  try {
    return localStorage.getItem(nameOf(form));
  } catch {
    return null; // this browser keeps nothing
  }
}

export function forget(form) {
  if (read(form) !== null) localStorage.removeItem(nameOf(form));
}
