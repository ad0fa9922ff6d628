// Saves what is typed in a form with data-draft-url some seconds after the hand rests.
const PAUSE = 2500;
const waiting = new WeakMap();

async function save(form) {
  const state = form.querySelector("[data-draft-state]");
  const area = form.querySelector("textarea");
  const text = area.value;
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: data,
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    if (state) state.textContent = state.dataset.saved;
    if (area.value === text) area.dispatchEvent(new Event("draft:saved", { bubbles: true }));
  } catch {
    if (state) state.textContent = state.dataset.failed;
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft-url]");
  if (!form || event.target.type === "file") return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(save, PAUSE, form));
});

document.addEventListener("submit", (event) => clearTimeout(waiting.get(event.target)));
