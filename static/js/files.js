// Shows what was chosen in a file input: name, size, and which file is larger than allowed.
// <input type="file" data-max-bytes="..."> inside .files or a form, with a <ul class="files__list">.
const language = document.documentElement.lang || "en";

export function size(bytes) {
  const [unit, value, digits] =
    bytes < 1000 ? ["byte", bytes, 0]
    : bytes < 1048576 ? ["kilobyte", bytes / 1024, 0]
    : ["megabyte", bytes / 1048576, 1];
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    maximumFractionDigits: digits,
  }).format(value);
}

function show(input) {
  const list = input.closest(".files, form")?.querySelector(".files__list");
  if (!list) return;
  const limit = Number(input.dataset.maxBytes) || Infinity;
  list.replaceChildren(
    ...[...input.files].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const bytes = document.createElement("span");
      const large = file.size > limit;
      item.className = large ? "files__item files__item--large" : "files__item";
      name.className = "files__name";
      name.textContent = file.name;
      bytes.className = "files__size";
      bytes.textContent = large ? `${size(file.size)} · ${list.dataset.tooLarge}` : size(file.size);
      item.append(name, bytes);
      return item;
    }),
  );
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("input[type=file]") && !input.form?.dataset.uploadUrl) show(input);
});

function mark(event, over) {
  const drop = event.target.closest("form")?.querySelector(".files__drop");
  drop?.classList.toggle("files__drop--over", over);
}

document.addEventListener("dragover", (event) => mark(event, true));
document.addEventListener("dragleave", (event) => mark(event, false));
document.addEventListener("drop", (event) => mark(event, false));
