// In front of a class: a presenter's remote, or arrow keys, lead on and back, and all letters are larger.

const KEYS = { PageDown: 1, PageUp: -1, ArrowRight: 1, ArrowLeft: -1 };
const LETTERS = "max(18px, 1.2vw)"; // as large on a small projector as on a large one, for its size
const WITH_ARROWS = "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=option], .player, .microphone";
const WITH_PAGES = "textarea, [contenteditable], [aria-expanded=true], [role=option]"; // remotes send these: a slider gives them up

function isTaken(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return true;
  const target = event.composedPath()[0];
  const taken = event.key.startsWith("Arrow") ? WITH_ARROWS : WITH_PAGES;
  return event.composedPath().some((part) => part instanceof Element && part.matches(taken)) || !(target instanceof Node);
}

class Presenter {
  constructor() {
    this.at = 0;
    this.count = 1;
    this.turn = () => {};
    this.onKey = (event) => this.pressed(event);
    document.addEventListener("keydown", this.onKey, true);
    document.documentElement.style.fontSize = LETTERS;
    this.page = document.querySelector('[data-testid="stMainBlockContainer"]');
    if (this.page) this.page.style.paddingTop = "4rem"; // below Streamlit's own row of buttons; the rest is needed
  }

  take({ at, count }, turn) {
    Object.assign(this, { at, count, turn });
  }

  pressed(event) {
    const by = KEYS[event.key];
    if (!by || isTaken(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const to = Math.min(this.count - 1, Math.max(0, this.at + by));
    if (to === this.at) return;
    this.at = to; // counted here: two quick presses are two steps, though the server hears of the second alone
    this.turn(to);
  }

  close() {
    document.removeEventListener("keydown", this.onKey, true);
    document.documentElement.style.fontSize = "";
    if (this.page) this.page.style.paddingTop = "";
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  clearTimeout(parentElement.__closing);
  const presenter = (parentElement.__presenter ||= new Presenter());
  if (data) presenter.take(data, (to) => setTriggerValue("turn", to));
  return () => {
    // Called before each new call as well: only where none follows the class has gone.
    parentElement.__closing = setTimeout(() => {
      presenter.close();
      delete parentElement.__presenter;
    }, 0);
  };
}
