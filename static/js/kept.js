// Drafts that could not be saved on the server, in this browser, for nobody but who wrote them.
import { editorOf } from "./editor.js";
import { drop, get, put } from "./stored.js";

const nameOf = (form) => `draft ${form.dataset.draftOwner} ${form.dataset.draftUrl}`;

export function keep(form) {
  if (!form.dataset.draftOwner) return;
  const { text, html } = editorOf(form);
  const version = form.elements.version?.value ?? "";
  put(nameOf(form), { text, html, version });
}

export const kept = (form) => get(nameOf(form));
export const forget = (form) => drop(nameOf(form));
