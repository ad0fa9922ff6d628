// The one way to what is typed in a form: whoever reads or changes the text of the composer asks
// editorOf(form), and need not know what kind of editor stands there. RichEditor (rich.js) has the
// same doors, and announces itself by `form.richEditor`.
class PlainEditor {
  constructor(area) {
    this.area = area;
  }
  get element() {
    return this.area;
  }
  get text() {
    return this.area.value;
  }
  set text(value) {
    this.area.value = value;
    this.changed();
  }
  // The text as HTML; empty where nothing but plain text can be written.
  get html() {
    return "";
  }
  // Where the caret stands in the window, for a list that floats there: {left, top, bottom}. A
  // field does not tell, so it is the field itself.
  get caret() {
    const { left, top, bottom } = this.area.getBoundingClientRect();
    return { left, top, bottom };
  }
  // The text from the start of the line to the caret.
  get before() {
    return this.area.value.slice(0, this.area.selectionStart).split("\n").pop();
  }
  // Puts `text` in the place of the `count` letters before the caret (and of what is selected).
  replaceBefore(count, text) {
    const start = this.area.selectionStart - count;
    this.area.setRangeText(text, Math.max(0, start), this.area.selectionEnd, "end");
    this.changed();
  }
  insert(text) {
    this.replaceBefore(0, text);
  }
  // Our own, clean HTML at the caret; here its text.
  insertHtml(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const end of page.querySelectorAll("br, p, div, li, pre, blockquote, h1")) end.append("\n");
    this.insert(page.body.textContent.trim());
  }
  focus() {
    this.area.focus();
  }
  changed() {
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function editorOf(form) {
  const area = form?.querySelector("textarea[name=body]") ?? form?.querySelector("textarea");
  return form?.richEditor ?? (area ? new PlainEditor(area) : null);
}
