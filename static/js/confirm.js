// A form (or its button) with data-confirm="what will happen" asks first, in a dialog of the page.
let agreed = null;

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    const dialog = document.querySelector("dialog[data-confirm-dialog]");
    if (!question || !dialog || agreed === form) {
      agreed = null;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const submitter = event.submitter;
    dialog.querySelector("[data-confirm-text]").textContent = question;
    const yes = dialog.querySelector("[value=yes]");
    const danger = submitter?.classList.contains("button--danger");
    yes.className = `button button--${danger ? "danger" : "primary"}`;
    yes.textContent = submitter?.dataset.confirmButton || submitter?.textContent.trim() || yes.textContent;
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        agreed = form;
        form.requestSubmit(submitter);
      },
      { once: true },
    );
    dialog.showModal();
  },
  true,
);
