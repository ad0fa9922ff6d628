// When a request of htmx cannot be answered, say so in the server's words and keep the page.
function say() {
  const words = document.querySelector("template[data-trouble]");
  const place = document.querySelector("#flash");
  if (!words || !place) return;
  place.replaceChildren(words.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:sendError", say);
document.addEventListener("htmx:timeout", say);
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) say();
});

// A flash can be put away; a toast leaves by itself.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".flash, .toast")?.remove();
});
