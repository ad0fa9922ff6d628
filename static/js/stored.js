// What this browser keeps for somebody until it is sent, by name. Signing out forgets what customers
// typed; agents' drafts stay, for they are in the browser only while the server could not take them.
const LASTS = 7 * 24 * 3600 * 1000;
export const TYPED = "typed "; // how names begin of what customers typed

export function put(name, entry) {
  try {
    localStorage.setItem(name, JSON.stringify({ ...entry, at: Date.now() }));
  } catch {
    // No room, or not allowed: it still stands in its form.
  }
}

export function get(name) {
  try {
    const entry = JSON.parse(localStorage.getItem(name));
    if (entry && Date.now() - entry.at < LASTS) return entry;
    localStorage.removeItem(name);
  } catch {
    // this browser keeps nothing
  }
  return null;
}

export function drop(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // nor does it forget
  }
}

function typed() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(TYPED));
  } catch {
    return [];
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[action$='/logout/']")) typed().forEach(drop);
});

typed().forEach(get); // what is too old goes, whoever wrote it
