/* The lectern: what the class sees, and the keys with which it goes on. Steps are counted, so that none is lost where two come
   while the page still draws: each song takes two, hidden and shown. */

const KEYS = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1 }; // a remote sends the pages, or the arrows
const FIELDS = "input, textarea, select, [contenteditable], [role='combobox'], [role='option'], [role='slider']";

function make(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

class Lectern {
  constructor(root) {
    this.host = make("section", "lectern");
    this.top = make("div", "top");
    this.place = make("span", "place");
    this.list = make("span", "list");
    this.back = this._button("Previous", () => this._go(-2 - (this.shown.isShown ? 1 : 0)));
    this.show = this._button("Show the verdict", () => this._go(this.shown.isShown ? -1 : 1));
    this.next = this._button("Next", () => this._go(2 - (this.shown.isShown ? 1 : 0)));
    this.full = this._button("Full screen", () => this._fullScreen());
    this.show.classList.add("main");
    this.top.append(this.place, this.list, make("span", "space"), this.back, this.show, this.next, this.full);
    this.words = make("div", "words");
    this.words.setAttribute("aria-live", "polite");
    this.host.append(this.top, this.words);
    root.append(this.host);
    this.onKey = (event) => this._key(event);
    document.addEventListener("keydown", this.onKey);
  }

  _button(words, act) {
    const made = make("button", "go", words);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  _fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  _key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !this.shown) return;
    if (document.querySelector("[role='dialog']")) return; // what lies over the page has its own keys
    const [target] = event.composedPath();
    const inside = (selector) => target.closest && target.closest(selector);
    const isArrow = event.key.startsWith("Arrow");
    if (inside(FIELDS) || (isArrow && inside(".player"))) return; // there arrows move the playhead
    const by = event.key === "b" || event.key === "." ? (this.shown.isShown ? -1 : 1) : KEYS[event.key]; // a remote's "blank"
    if (!by) return;
    event.preventDefault();
    this._go(by);
  }

  _go(by) {
    this.host.getRootNode().activeElement?.blur(); // so that space plays, and presses no button a second time
    document.activeElement?.blur();
    this.steps += by;
    this.tellPython(this.steps);
  }

  take(shown, tellPython) {
    if (this.steps === undefined) this.steps = shown.steps;
    if (this.shown && this.shown.list !== shown.list) document.activeElement?.blur(); // another list: the remote's keys are for it
    Object.assign(this, { shown, tellPython });
    this.place.textContent = shown.place;
    this.list.textContent = shown.list;
    this.back.disabled = shown.isFirst;
    this.next.disabled = shown.isLast;
    this.show.textContent = shown.isShown ? "Hide the verdict" : "Show the verdict";
    this.words.replaceChildren(...(shown.isShown ? this._verdict(shown) : this._question(shown)));
    this.host.dataset.place = shown.place;
  }

  _question({ question, genres }) {
    const names = make("ul", "genres");
    for (const [name, colour] of genres) {
      const entry = make("li", "genre", name);
      entry.style.setProperty("--genre", colour);
      names.append(entry);
    }
    return [make("h1", "question", question), names];
  }

  _verdict({ name, share, beside, truth, colour, isSure }) {
    const line = make("h1", `verdict${isSure ? "" : " unsure"}`);
    if (colour) {
      line.append(make("span", "mark"));
      line.firstChild.style.background = colour;
    }
    line.append(make("span", "name", name), make("span", "share", share));
    return [line, make("p", "beside", beside), make("p", "truth", truth)];
  }

  close() {
    document.removeEventListener("keydown", this.onKey);
    this.host.remove();
  }
}

export default function ({ parentElement, data, setStateValue }) {
  clearTimeout(parentElement.__closing);
  const lectern = (parentElement.__lectern ||= new Lectern(parentElement));
  if (data) lectern.take(data, (steps) => setStateValue("steps", steps));
  return () => {
    // Called before each new call as well: only where none follows it goes.
    parentElement.__closing = setTimeout(() => {
      lectern.close();
      delete parentElement.__lectern;
    }, 0);
  };
}
