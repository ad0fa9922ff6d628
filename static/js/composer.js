// The composer: send by keyboard, carry the text between tabs, pasted and dropped files, and a
// warning before typed text would be left behind.
import { editorOf } from "./editor.js";

const changed = new WeakSet();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest(".composer__form, form[data-ctrl-enter]");
  const button = form?.querySelector(event.shiftKey ? "[data-send-solved]" : "[type=submit]");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});

document.addEventListener("change", (event) => {
  const composer = event.target.closest(".composer");
  if (!composer || !event.target.matches(".tabs input")) return;
  const to = editorOf(composer.querySelector(`.composer__form--${event.target.value}`));
  const others = [...composer.querySelectorAll(".composer__form")].map(editorOf);
  const from = others.find((one) => one && one.area !== to?.area && one.text.trim());
  if (to && from && !to.text.trim() && changed.has(from.area)) {
    if (from.html) to.insertHtml(from.html);
    else to.text = from.text;
    from.text = "";
  }
  to?.focus();
});

function take(event, transfer) {
  const form = event.target.closest(".composer__form, form[data-takes-files]");
  const input = form?.querySelector("input[type=file]");
  const list = transfer?.files;
  // A table of an office program comes as a picture of itself as well: its text is meant.
  if (!input || !list?.length || transfer.getData("text/plain")) return;
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.uploadUrl) {
    const at = event.target;
    const inside = Boolean(at.closest(".editor"));
    form.dispatchEvent(new CustomEvent("files:taken", { detail: { files: [...list], at, inside } }));
    return;
  }
  const all = new DataTransfer();
  for (const file of [...input.files, ...list]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Before the editor looks at them, which would take files its own way.
document.addEventListener("paste", (event) => take(event, event.clipboardData), true);
document.addEventListener("drop", (event) => take(event, event.dataTransfer), true);
document.addEventListener("dragover", (event) => {
  if (event.target.closest(".composer__form, form[data-takes-files]")) event.preventDefault();
});

document.addEventListener("input", (event) => {
  if (event.target.matches(".composer textarea, [data-ctrl-enter] textarea")) changed.add(event.target);
});
document.addEventListener("submit", (event) => {
  for (const area of event.target.querySelectorAll("textarea")) changed.delete(area);
});
document.addEventListener("draft:saved", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  const areas = document.querySelectorAll("textarea");
  if ([...areas].some((area) => changed.has(area) && area.value.trim())) event.preventDefault();
});
