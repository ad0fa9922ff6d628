// Files go ahead of the text: each is sent at once, with a bar, and stands as a chip beside the
// text until it is removed or sent. A broken connection is tried again by itself; what does not get
// through even so goes with the form. Forms with data-upload-url; data-places-pictures puts pictures
// into the text, wherever they were chosen. The rest is files.js.
import { refusal } from "./kinds.js";
import { size } from "./files.js";

const AT_ONCE = 2;
const PAUSES = [1000, 3000, 9000]; // milliseconds before the next try
const STALLED = 60000; // without a byte
const waiting = [];
let running = 0;

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    waiting.shift().send();
  }
}

class Chip {
  constructor(list, about) {
    Object.assign(this, { list, tries: 0, ...about });
    this.words = list.dataset;
    this.item = document.createElement("li");
    this.item.className = "files__item";
    list.append(this.item);
    this.draw();
  }
  draw(trouble = "") {
    this.trouble = trouble;
    const about = document.createElement("div");
    about.className = "files__about";
    about.append(label("files__name", this.name), label("files__size", trouble || this.shownSize));
    if (this.isUnderWay && !trouble) about.append(this.bar());
    const parts = [about];
    if (this.url && this.small) parts.unshift(this.preview());
    if (trouble && this.file && !this.isUnderWay) {
      parts.push(button(this.words.retry, () => this.start(), `${this.words.retry}: ${this.name}`));
    }
    if (this.matter) parts.push(this.matter);
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
    picture.className = "files__picture";
    Object.assign(picture, { src: `${this.url}small/`, alt: "", width: 40, height: 40 });
    return picture;
  }
  bar() {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = this.progress ?? 0;
    bar.setAttribute("aria-label", this.name);
    return bar;
  }
  // In a line with the others, so that a slow connection brings one after the other.
  start(tries = 0) {
    clearTimeout(this.timer);
    this.tries = tries;
    this.isUnderWay = true;
    this.progress = 0;
    this.draw();
    waiting.push(this);
    next();
  }
  send() {
    const request = (this.request = new XMLHttpRequest());
    const data = new FormData();
    data.append("file", this.file, this.file.name || this.name);
    request.open("POST", this.form.dataset.uploadUrl);
    request.responseType = "json";
    request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("HX-Request", "true");
    const patience = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.stop(() => this.broke()), STALLED);
    };
    request.upload.addEventListener("progress", (event) => {
      patience();
      this.progress = event.loaded / event.total;
      const bar = this.item.querySelector("progress");
      if (bar) bar.value = this.progress;
    });
    request.addEventListener("load", () => this.ended(() => this.answered(request)));
    request.addEventListener("error", () => this.ended(() => this.broke()));
    patience();
    request.send(data);
  }
  // However it ended: the next one may go.
  ended(then) {
    if (!this.request) return;
    clearTimeout(this.timer);
    this.request = null;
    running -= 1;
    then();
    next();
  }
  stop(then) {
    const { request } = this;
    this.ended(then);
    request?.abort();
  }
  answered(request) {
    const { status, response } = request;
    if (request.getResponseHeader("HX-Redirect")) {
      const state = this.form.querySelector("[data-signed-out]");
      return this.fail(state?.dataset.signedOut ?? this.words.signedOut);
    }
    if (status >= 500) return this.broke();
    if (status === 201) {
      Object.assign(this, response, { file: null });
      this.fail("");
      if (this.inside && this.width && this.form.richEditor) this.place();
      return;
    }
    if (status === 422 || status === 413) this.file = null; // it would be refused again
    this.fail(response?.sentence ?? (status === 413 ? this.words.tooLarge : this.words.broken));
  }
  broke() {
    const pause = PAUSES[this.tries];
    if (pause === undefined) return this.fail(this.words.broken);
    this.draw(this.words.again);
    this.timer = setTimeout(() => this.start(this.tries + 1), pause);
  }
  // It is under way no longer; with an empty `sentence` it is here.
  fail(sentence) {
    this.isUnderWay = false;
    this.draw(sentence);
    tell(this.list);
  }
  // From beside the text into it: its address there says that it goes along.
  place() {
    this.form.richEditor.insertPicture(this);
    this.leave();
  }
  remove() {
    clearTimeout(this.timer);
    if (waiting.includes(this)) waiting.splice(waiting.indexOf(this), 1);
    if (this.token) {
      const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
      const base = this.form.dataset.uploadUrl.split("?")[0];
      fetch(`${base}${this.token}/removal/`, { method: "POST", headers });
    }
    this.stop(() => {});
    this.leave();
  }
  leave() {
    this.isUnderWay = false;
    chips.get(this.list).delete(this);
    this.item.remove();
    tell(this.list);
  }
}

const chips = new Map();
const chipsOf = (form) => [...chips].flatMap(([list, own]) => (form.contains(list) ? [...own] : []));

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

// What belongs to one list: alone in its form, or in a box with the others of its kind.
const near = (list, what) => (list.closest("[data-files]") ?? list.closest("form")).querySelector(what);

// The form learns which files are here, and the draft with it.
function tell(list) {
  const form = list.closest("form");
  const field = near(list, "[data-tokens]");
  const here = [...chips.get(list)].filter((chip) => chip.token && !chip.trouble);
  const tokens = here.map((chip) => chip.token).join(",");
  if (field.value !== tokens) {
    field.value = tokens;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const all = chipsOf(form);
  if (form.pressed === undefined || all.some((chip) => chip.isUnderWay)) return;
  const { pressed } = form;
  form.pressed = undefined;
  if (!all.some((chip) => chip.trouble)) form.requestSubmit(pressed);
}

async function add(list, files, inside) {
  const limit = Number(near(list, "input[type=file]")?.dataset.maxBytes) || Infinity;
  for (const file of files) {
    const chip = new Chip(list, { name: file.name, size: file.size, inside });
    chips.get(list).add(chip);
    const trouble = await refusal(file, limit, list.dataset);
    if (trouble) chip.draw(trouble);
    else {
      chip.file = file;
      chip.start();
    }
  }
}

function adopt(list) {
  chips.set(list, new Set());
  const box = list.closest("[data-files]");
  box?.classList.add("files--ahead");
  for (const hint of box?.querySelectorAll("[data-hint]") ?? []) hint.hidden = false;
  for (const item of [...list.children]) {
    const { token, url, width, height, small } = item.dataset;
    const name = item.querySelector(".files__name").textContent;
    const bytes = item.querySelector(".files__size").textContent;
    // Where a form divides what was written, each file says to which part it belongs.
    const matter = item.querySelector("[data-matter]");
    const about = { token, url, name, size: bytes, small, matter };
    item.remove();
    chips.get(list).add(
      new Chip(list, { ...about, width: Number(width), height: Number(height) }),
    );
  }
  // The editor may come later than the chips: then pictures can be put into the text.
  list.closest("form").addEventListener("editor:ready", () => {
    for (const chip of chips.get(list)) chip.draw(chip.trouble);
  });
}

const listOf = (form, target) =>
  target.closest("[data-files], fieldset")?.querySelector("[data-uploads]") ??
  form.querySelector("[data-uploads]");

function serve(form) {
  form.addEventListener("files:taken", ({ detail }) => {
    add(listOf(form, detail.at), detail.files, detail.inside);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    const files = [...target.files];
    target.value = ""; // they go ahead, and must not go twice
    add(listOf(form, target), files, "placesPictures" in form.dataset);
  });
  form.addEventListener("submit", (event) => {
    const all = chipsOf(form);
    if (!all.some((chip) => chip.isUnderWay)) return takeAlong(all);
    event.preventDefault();
    event.stopImmediatePropagation();
    form.pressed = event.submitter;
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = all[0].words.waiting;
  });
}

// What did not get through ahead goes with the form itself.
function takeAlong(all) {
  for (const { list, file } of all) {
    const input = file && near(list, "input[type=file]");
    if (!input) continue;
    const files = new DataTransfer();
    for (const one of [...input.files, file]) files.items.add(one);
    input.files = files.files;
  }
}

window.addEventListener("online", () => {
  for (const chip of [...chips.values()].flatMap((own) => [...own])) {
    if (chip.trouble && chip.file && !chip.request && !waiting.includes(chip)) chip.start();
  }
});

for (const list of document.querySelectorAll("form[data-upload-url] [data-uploads]")) adopt(list);
for (const form of document.querySelectorAll("form[data-upload-url]")) serve(form);
