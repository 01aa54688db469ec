/* Hands on the player: pointer, wheel and keys; and the door through which Streamlit calls it. */

const CLICK_PIXELS = 4;
const GRAB_PIXELS = 6;

class Desk extends Player {
  constructor(root) {
    super(root);
    this.tip = make("div", "tip", { role: "status" });
    this.tip.hidden = true;
    this.stage.append(this.tip);
    this.over.addEventListener("pointerdown", (event) => this._down(event));
    this.over.addEventListener("pointermove", (event) => this._move(event));
    this.over.addEventListener("pointerup", (event) => this._up(event));
    this.over.addEventListener("pointercancel", () => (this.drag = null));
    this.over.addEventListener("pointerleave", () => this._hover(null));
    this.over.addEventListener("dblclick", () => this.scene.compact || this.show([0, this.scene.seconds]));
    this.over.addEventListener("wheel", (event) => this._wheel(event), { passive: false });
    this.host.addEventListener("keydown", (event) => this._key(event));
  }

  _place(event) {
    const box = this.over.getBoundingClientRect();
    const scale = box.width / this.over.clientWidth || 1; // above 1 where the player is magnified
    return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
  }

  _boxAt(y) {
    return this.layout.boxes.find((box) => y >= box.top - GAP / 2 && y <= box.top + box.height + GAP / 2);
  }

  _down(event) {
    if (event.button !== 0 || !this.layout) return;
    const [x, y] = this._place(event);
    const { layout, visible, scene } = this;
    bus.last = this;
    this.host.focus({ preventScroll: true });
    this.over.setPointerCapture(event.pointerId);
    const seconds = secondsOf(layout, visible, x);
    const box = this._boxAt(y);
    const drag = { x, y, seconds, moved: false, box, kind: "region" };
    if (scene.compact) drag.kind = "compact";
    else if (y > layout.floor + TIME_AXIS - 6) drag.kind = "scroll";
    else if (x < layout.left && box && box.panel.axis.kind === "frequency") drag.kind = "band";
    else if (x < layout.left || x > layout.left + layout.plotWidth) return;
    else if (event.shiftKey || y > layout.floor) Object.assign(drag, { kind: "pan", visible: [...visible] });
    else {
      const edge = this._edgeAt(x);
      if (edge !== null) drag.anchor = this.region[1 - edge];
    }
    this.drag = drag;
    if (drag.kind === "scroll") this._scroll(x);
  }

  _edgeAt(x) {
    if (!this.region) return null;
    const far = this.region.map((seconds) => Math.abs(xOf(this.layout, this.visible, seconds) - x));
    const nearest = far[0] <= far[1] ? 0 : 1;
    return far[nearest] <= GRAB_PIXELS ? nearest : null;
  }

  _move(event) {
    if (!this.layout) return;
    const [x, y] = this._place(event);
    const { drag, layout, visible } = this;
    if (!drag) {
      this._hover([x, y]);
      return;
    }
    if (Math.hypot(x - drag.x, y - drag.y) > CLICK_PIXELS) drag.moved = true;
    if (!drag.moved) return;
    if (drag.kind === "region") {
      const seconds = Math.max(0, Math.min(this.scene.seconds, secondsOf(layout, visible, x)));
      const anchor = drag.anchor ?? drag.seconds;
      this.region = [Math.min(anchor, seconds), Math.max(anchor, seconds)];
      this._marks();
      this.drawOver();
    } else if (drag.kind === "band") {
      const ends = [drag.y, y].map((place) => valueAt(drag.box.panel.axis, this._shareOf(drag.box, place)));
      this.band = [Math.min(...ends), Math.max(...ends)];
      this._marks();
      this.drawOver();
    } else if (drag.kind === "scroll") this._scroll(x);
    else if (drag.kind === "pan") {
      const moved = ((drag.x - x) / layout.plotWidth) * (drag.visible[1] - drag.visible[0]);
      this.show(drag.visible.map((seconds) => seconds + moved));
    }
    this._hover(null);
  }

  _shareOf(box, y) {
    return Math.max(0, Math.min(1, 1 - (y - box.top) / box.height));
  }

  _up(event) {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    const [x] = this._place(event);
    if (drag.kind === "compact") {
      if (!this.transport.playing) this.position = 0;
      this.toggle();
    } else if (drag.kind === "band") {
      this.setBand(drag.moved ? this.band : null);
      if (this.band && !this.transport.playing) this.play();
    } else if (drag.kind === "region" && drag.moved) this.select(this.region);
    else if (drag.kind === "region") {
      const seconds = secondsOf(this.layout, this.visible, x);
      if (this.region && (seconds < this.region[0] || seconds > this.region[1])) this.select(null);
      this.seek(seconds);
    }
  }

  _scroll(x) {
    const { layout, scene, visible } = this;
    const span = visible[1] - visible[0];
    const middle = (scene.seconds * (x - layout.left)) / layout.plotWidth;
    this.show([middle - span / 2, middle + span / 2]);
  }

  _wheel(event) {
    if (!this.layout || this.scene.compact) return;
    const [x] = this._place(event);
    const { visible, layout } = this;
    const span = visible[1] - visible[0];
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const centre = Math.max(visible[0], Math.min(visible[1], secondsOf(layout, visible, x)));
      this.zoom(Math.exp(event.deltaY * 0.0022), centre);
      return;
    }
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (!sideways || Math.abs(sideways) < Math.abs(event.deltaY) / 2 || span >= this.scene.seconds) return;
    event.preventDefault();
    const moved = (sideways / layout.plotWidth) * span;
    this.show([visible[0] + moved, visible[1] + moved]);
  }

  _hover(place) {
    this.tip.hidden = true;
    if (!place || !this.layout || this.scene.compact) return;
    const [x, y] = place;
    const { layout } = this;
    const box = this._boxAt(y);
    const isAxis = x < layout.left && box && box.panel.axis.kind === "frequency";
    const inside = x >= layout.left && x <= layout.left + layout.plotWidth;
    const grabs = inside && y <= layout.floor && this._edgeAt(x) !== null;
    this.over.style.cursor = isAxis ? "ns-resize" : grabs ? "ew-resize" : y > layout.floor ? "grab" : inside ? "crosshair" : "default";
    if (isAxis) this._tip(x, y, "Drag to hear only a band of frequencies");
    if (!box || !inside || y > layout.floor) return;
    this._tip(x, y, tell(box, secondsOf(layout, this.visible, x), this._shareOf(box, y), this.scene.seconds > 60));
  }

  _tip(x, y, words) {
    this.tip.textContent = words;
    this.tip.hidden = false;
    const wide = this.tip.offsetWidth;
    this.tip.style.left = `${Math.max(4, Math.min(x + 14, this.layout.width - wide - 4))}px`;
    this.tip.style.top = `${Math.max(0, y - 34)}px`;
  }

  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    const onButton = event.target.closest("button") && (event.key === " " || event.key === "Enter");
    const step = (event.shiftKey ? 5 : 1) * ((this.visible[1] - this.visible[0]) / 60);
    const acts = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.position - step),
      ArrowRight: () => this.seek(this.position + step),
      Home: () => this.seek(this.region ? this.region[0] : 0),
      End: () => this.seek(this.region ? this.region[1] : this.scene.seconds),
      Escape: () => (this.band ? this.setBand(null) : this.select(null)),
      Enter: () => this.region && this.show(this.region),
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.show([0, this.scene.seconds]),
      l: () => this.setLoop(!this.loops),
      L: () => this.setLoop(!this.loops),
    };
    const act = acts[event.key];
    if (!act || onButton) return;
    event.preventDefault();
    bus.last = this;
    act();
  }
}

export default function ({ parentElement, data, setStateValue }) {
  clearTimeout(parentElement.__closing);
  const player = (parentElement.__player ||= new Desk(parentElement));
  if (data) player.take(unpack(data), (value) => setStateValue("seen", value));
  return () => {
    // Called before each new call as well: only where none follows the player goes.
    parentElement.__closing = setTimeout(() => {
      player.close();
      delete parentElement.__player;
    }, 0);
  };
}
