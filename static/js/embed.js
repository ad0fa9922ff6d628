// For the page of another site: puts the form in the place of this script, as high as it needs.
// <script src="https://desk.example/static/js/embed.js" data-form="KEY" async></script>
// Optional: data-language="uk" (else the visitor's), data-title: what screen readers call the frame.
(() => {
  const script = document.currentScript;
  const { form, language, title } = script.dataset;
  const address = new URL(`/embed/${encodeURIComponent(form)}/`, script.src);
  if (language) address.searchParams.set("language", language);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title || address.host;
  frame.width = "100%";
  frame.height = "760";
  frame.style.border = "0";

  window.addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    const height = Number(event.data?.deskForm);
    if (height > 0 && height < 20000) frame.height = String(Math.ceil(height));
  });
  script.after(frame);
})();
