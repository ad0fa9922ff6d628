// Formatting in the composer: Trix in the place of the textarea, which stays behind it and holds
// the text. The same doors as PlainEditor (editor.js).
import { cleanPasted } from "./pasted.js";

const { Trix } = window;
Trix.config.attachments.preview.presentation = null;
Trix.config.attachments.preview.caption = { name: false, size: false };
// The title of a page is its h1; what stands in a text is below it.
Trix.config.blockAttributes.heading1.tagName = "h2";
const KEYS = { KeyB: "b", KeyI: "i", KeyK: "k" };
const LINK = /(?:^|\s)(https?:\/\/\S*[^\s.,;:!?)\]}'"»”])$/i;

class RichEditor {
  constructor(area, element) {
    this.area = area;
    this.element = element;
  }
  get editor() {
    return this.element.editor;
  }
  get text() {
    return this.editor.getDocument().toString().replace(/\uFFFC/g, "").replace(/\n$/, "");
  }
  set text(value) {
    this.editor.loadHTML(asHtml(value));
    this.wasIn = false;
  }
  get html() {
    return this.element.value;
  }
  get caret() {
    const [start] = this.editor.getSelectedRange() ?? [0];
    const { left, top, bottom } =
      this.editor.getClientRectAtPosition(start) ?? this.element.getBoundingClientRect();
    return { left, top, bottom };
  }
  get before() {
    const [start] = this.editor.getSelectedRange() ?? [0];
    return this.editor.getDocument().toString().slice(0, start).split("\n").pop();
  }
  replaceBefore(count, text) {
    this.reach();
    const [start, end] = this.editor.getSelectedRange();
    this.editor.setSelectedRange([Math.max(0, start - count), end]);
    this.editor.insertString(text);
  }
  insert(text) {
    this.replaceBefore(0, text);
  }
  insertHtml(html) {
    this.reach();
    this.editor.insertHTML(html);
  }
  // A picture of ours at the caret.
  insertPicture({ url, width, height, name, type }) {
    this.reach();
    const about = { url, width, height, filename: name, contentType: type };
    this.editor.insertAttachment(new Trix.Attachment(about));
  }
  focus() {
    this.element.focus();
    this.reach();
  }
  // Trix writes down what was typed with the next frame of the screen. Whoever reads the fields of
  // the form before that frame calls this first, or the last letters are lost.
  settle() {
    this.element.editorController.inputController.render();
    this.area.value = this.text;
  }
  // Whoever has never been in the text comes in at its end.
  reach() {
    if (this.wasIn) return;
    this.wasIn = true;
    const end = this.editor.getDocument().toString().length - 1;
    this.editor.setSelectedRange(Math.max(0, end));
  }
}

function asHtml(text) {
  const line = document.createElement("div");
  for (const [at, part] of text.split("\n").entries()) {
    if (at) line.append(document.createElement("br"));
    line.append(part);
  }
  return text ? line.outerHTML : "";
}

function enrich(box) {
  const area = box.querySelector("textarea");
  const html = box.querySelector("[data-html]");
  const toolbar = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const element = document.createElement("trix-editor");
  html.value ||= asHtml(area.value);
  toolbar.id = `${area.id}-tools`;
  element.id = `${area.id}-rich`;
  element.className = "composer__text letter";
  element.setAttribute("input", html.id);
  element.setAttribute("toolbar", toolbar.id);
  element.setAttribute("aria-label", area.ariaLabel);
  element.setAttribute("aria-multiline", "true");
  element.setAttribute("placeholder", area.placeholder);
  const editor = new RichEditor(area, element);
  let before = null;
  element.addEventListener("trix-initialize", () => {
    before = element.value;
    html.name = "html";
    area.form.richEditor = editor;
    area.form.dispatchEvent(new CustomEvent("editor:ready"));
  });
  element.addEventListener("trix-change", () => {
    if (before === null || element.value === before) return;
    before = element.value;
    area.value = editor.text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Also before it has told that it is there: somebody may be quicker.
  const settle = () => {
    if (!element.editor) return;
    html.name = "html";
    editor.settle();
  };
  area.form.addEventListener("submit", settle, true);
  element.addEventListener("focus", () => editor.reach());
  // Files go ahead by uploads.js; here they would only be seen.
  element.addEventListener("trix-file-accept", (event) => event.preventDefault());
  element.addEventListener("trix-before-paste", ({ paste }) => {
    if (paste.html) paste.html = cleanPasted(paste.html);
  });
  element.addEventListener("keydown", (event) => byPlace(event, toolbar), true);
  element.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") link(editor);
  });
  for (const name of ["trix-selection-change", "trix-attributes-change", "trix-change"]) {
    element.addEventListener(name, () => tellPressed(toolbar));
  }
  area.hidden = true;
  box.append(toolbar);
  box.prepend(element);
  rove(toolbar);
}

// Ctrl+B where that key writes a Cyrillic letter.
function byPlace(event, toolbar) {
  const key = KEYS[event.code];
  if (!key || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const tool = toolbar.querySelector(`[data-trix-key=${key}]`);
  tool.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
}

function link({ editor, before }) {
  const address = LINK.exec(before)?.[1];
  if (!address) return;
  const [end] = editor.getSelectedRange();
  editor.setSelectedRange([end - address.length, end]);
  if (!editor.attributeIsActive("href")) editor.activateAttribute("href", address);
  editor.setSelectedRange(end);
  editor.deactivateAttribute("href");
}

function tellPressed(toolbar) {
  for (const tool of toolbar.querySelectorAll("button")) {
    tool.setAttribute("aria-pressed", tool.hasAttribute("data-trix-active"));
  }
}

// One stop for the Tab key, arrows inside (ARIA Authoring Practices, toolbar).
function rove(toolbar) {
  const tools = [...toolbar.querySelectorAll("button")];
  tools.forEach((tool, at) => (tool.tabIndex = at ? -1 : 0));
  toolbar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tools.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = tools[(at + step + tools.length) % tools.length];
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  tellPressed(toolbar);
}

for (const box of document.querySelectorAll("[data-editor=rich]")) enrich(box);
