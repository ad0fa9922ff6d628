// The one way to what is typed in a form: whoever reads or changes the text of the composer asks
// editorOf(form), and need not know what kind of editor stands there.
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
  focus() {
    this.area.focus();
  }
  changed() {
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function editorOf(form) {
  const area = form?.querySelector("textarea");
  return area ? new PlainEditor(area) : null;
}
