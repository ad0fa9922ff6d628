// Files go ahead of the text: each is sent at once, with a bar, and stands as a chip beside the
// text until it is removed or sent. Forms with data-upload-url; data-places-pictures puts pictures
// into the text, wherever they were chosen. The rest is files.js.
import { refusal } from "./kinds.js";
import { size } from "./files.js";

class Chip {
  constructor(list, about) {
    Object.assign(this, { list, ...about });
    this.words = list.dataset;
    this.item = document.createElement("li");
    this.item.className = "files__item";
    list.append(this.item);
    this.draw();
  }
  draw(trouble = "") {
    this.trouble = trouble;
    const parts = [label("files__name", this.name), label("files__size", trouble || this.shownSize)];
    if (this.url && this.width) parts.unshift(this.preview());
    if (this.progress !== undefined && !trouble) parts.push(this.bar());
    if (trouble && this.file) parts.push(button(this.words.retry, () => this.send()));
    if (this.url && this.width && this.form.richEditor) {
      parts.push(button(this.words.place, () => this.place()));
    }
    parts.push(button(this.words.remove, () => this.remove(), `${this.words.remove}: ${this.name}`));
    this.item.classList.toggle("files__item--large", Boolean(trouble));
    this.item.replaceChildren(...parts);
  }
  get form() {
    return this.list.closest("form");
  }
  get shownSize() {
    return typeof this.size === "number" ? size(this.size) : this.size;
  }
  preview() {
    const picture = document.createElement("img");
    Object.assign(picture, { src: this.url, alt: "", width: 36, height: 36 });
    return picture;
  }
  bar() {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = this.progress;
    bar.setAttribute("aria-label", this.name);
    return bar;
  }
  send() {
    const request = (this.request = new XMLHttpRequest());
    const data = new FormData();
    data.append("file", this.file, this.file.name || this.name);
    this.progress = 0;
    this.draw();
    request.open("POST", this.form.dataset.uploadUrl);
    request.responseType = "json";
    request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      this.progress = event.loaded / event.total;
      const bar = this.item.querySelector("progress");
      if (bar) bar.value = this.progress;
    });
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.fail(this.words.broken));
    request.addEventListener("timeout", () => this.fail(this.words.broken));
    request.send(data);
  }
  answered(request) {
    const { status, response } = request;
    if (request.getResponseHeader("HX-Redirect")) {
      const state = this.form.querySelector("[data-signed-out]");
      return this.fail(state?.dataset.signedOut ?? this.words.broken);
    }
    if (status !== 201) {
      if (status === 422) this.file = null; // it would be refused again
      return this.fail(response?.sentence ?? this.words.broken);
    }
    Object.assign(this, response, { file: null, request: null, progress: undefined });
    this.draw();
    if (this.inside && this.width && this.form.richEditor) this.place();
    tell(this.list);
  }
  fail(sentence) {
    this.request = null;
    this.progress = undefined;
    this.draw(sentence);
    tell(this.list);
  }
  // From beside the text into it: its address there says that it goes along.
  place() {
    this.form.richEditor.insertPicture(this);
    this.leave();
  }
  remove() {
    this.request?.abort();
    if (this.token) {
      const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
      fetch(`${this.base}${this.token}/removal/`, { method: "POST", headers });
    }
    this.leave();
  }
  get base() {
    return this.form.dataset.uploadUrl.split("?")[0];
  }
  leave() {
    chips.get(this.list).delete(this);
    this.item.remove();
    tell(this.list);
  }
}

const chips = new Map();

function label(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}

function button(text, act, name = text) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = "button button--link button--small";
  one.textContent = text;
  one.setAttribute("aria-label", name);
  one.addEventListener("click", act);
  return one;
}

// The form learns which files are here, and the draft with it.
function tell(list) {
  const form = list.closest("form");
  const field = form.elements.uploads;
  const here = [...chips.get(list)].filter((chip) => chip.token && !chip.trouble);
  const tokens = here.map((chip) => chip.token).join(",");
  if (field.value !== tokens) {
    field.value = tokens;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (list.submitter !== undefined && !underWay(list)) {
    const { submitter } = list;
    list.submitter = undefined;
    if (![...chips.get(list)].some((chip) => chip.trouble)) form.requestSubmit(submitter);
  }
}

const underWay = (list) => [...chips.get(list)].some((chip) => chip.request);

async function add(list, files, inside) {
  const input = list.closest("form").querySelector("input[type=file]");
  const limit = Number(input?.dataset.maxBytes) || Infinity;
  for (const file of files) {
    const chip = new Chip(list, { name: file.name, size: file.size, inside });
    chips.get(list).add(chip);
    const trouble = await refusal(file, limit, list.dataset);
    if (trouble) chip.draw(trouble);
    else {
      chip.file = file;
      chip.send();
    }
  }
}

function adopt(list) {
  chips.set(list, new Set());
  for (const item of [...list.children]) {
    const { token, url, width, height } = item.dataset;
    const name = item.querySelector(".files__name").textContent;
    const bytes = item.querySelector(".files__size").textContent;
    const about = { token, url, name, size: bytes, width: Number(width), height: Number(height) };
    item.remove();
    chips.get(list).add(new Chip(list, about));
  }
  const form = list.closest("form");
  form.addEventListener("files:taken", ({ detail }) => add(list, detail.files, detail.inside));
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    const files = [...target.files];
    target.value = ""; // they go ahead, and must not go twice
    add(list, files, "placesPictures" in form.dataset);
  });
  // The editor may come later than the chips: then pictures can be put into the text.
  form.addEventListener("editor:ready", () => {
    for (const chip of chips.get(list)) chip.draw(chip.trouble);
  });
  form.addEventListener("submit", (event) => {
    if (!underWay(list)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    list.submitter = event.submitter;
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = list.dataset.waiting;
  });
}

for (const list of document.querySelectorAll("form[data-upload-url] [data-uploads]")) adopt(list);
