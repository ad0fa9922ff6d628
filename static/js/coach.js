// While somebody writes to us, htmx asks the coach; the chosen files go along by their names only.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "hints") return;
  const files = event.target.closest("form").querySelector("input[type=file]")?.files ?? [];
  for (const file of files) event.detail.formData.append("names", file.name);
});
