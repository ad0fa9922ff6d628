// Puts a canned reply into the text of a form, and what it brings (files, acts) below the text.
// <form data-canned-url="..."> says where its part is fetched; [data-canned-taken] takes it.
import { editorOf } from "./editor.js";

// In the place of the `count` letters before the caret.
export async function takeCanned(form, key, count = 0) {
  const editor = editorOf(form);
  if (!editor) return;
  const answer = await fetch(`${form.dataset.cannedUrl}?reply=${key}`, {
    headers: { "HX-Request": "true" },
    redirect: "error",
  });
  if (!answer.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  editor.replaceBefore(count, part.dataset.text);
  delete part.dataset.text;
  const taken = form.querySelector("[data-canned-taken]");
  if (taken && !taken.querySelector(`[data-canned="${key}"]`)) taken.append(document.adoptNode(part));
  editor.focus();
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest('.canned [name="insert"]');
  if (!choice) return;
  event.preventDefault();
  choice.closest("details").removeAttribute("open");
  takeCanned(choice.form, choice.value);
});
