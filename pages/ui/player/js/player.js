/* The player: a wave and panels on one time axis, with a playhead, a region, a band of frequencies, zoom, and keys. */

const LEAST_SPAN = 0.005;
const LEAST_REGION = 0.02;
const TELL_AFTER_MS = 180;
const CLICK_PIXELS = 4;
const GRAB_PIXELS = 6;
const SHARPEN_SECONDS = 90;

const ICONS = {
  play: '<path d="M7 4.5v15l12-7.5z"/>',
  pause: '<path d="M6 5h4v14H6zM14 5h4v14h-4z"/>',
  loop: '<path d="M7 7h9v3l4.5-4.5L16 1v3.5H4.5V12H7zM17 17H8v-3l-4.5 4.5L8 23v-3.500h11.500V12H17z"/>',
  less: '<path d="M5 11h14v2H5z"/>',
  more: '<path d="M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z"/>',
  all: '<path d="M4 5h2v14H4zM18 5h2v14h-2zM7 12l3-3v2h4V9l3 3-3 3v-2h-4v2z"/>',
  fit: '<path d="M3 5h2v14H3zM19 5h2v14h-2zM6 12h4l-2-2 1-1 4 3.500-4 3.500-1-1 2-2H6z"/>',
  sound: '<path d="M4 9v6h4l5 4.500V4.500L8 9zM15.500 8.500a5 5 0 0 1 0 7l1.200 1.200a6.700 6.700 0 0 0 0-9.400z"/>',
  save: '<path d="M11 4h2v8h3l-4 4.500L8 12h3zM5 18h14v2H5z"/>',
};

const bus = (window.__genrescope ||= { players: new Set(), last: null, listening: false });

function listen() {
  if (bus.listening) return;
  bus.listening = true;
  document.addEventListener("keydown", (event) => {
    const target = event.composedPath()[0];
    const busy = target.closest && target.closest("input, textarea, select, button, a, [contenteditable], [role], .player");
    if (event.code !== "Space" || event.defaultPrevented || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const player = bus.last || bus.players.values().next().value;
    if (!player) return;
    event.preventDefault();
    player.toggle();
  });
}

class Player {
  constructor(root) {
    this.root = root;
    this.transport = new Transport((error) => this._ended(error));
    this.position = 0;
    this.loops = false;
    this.chosen = 0;
    this.sounds = new Map();
    this._build();
    this.host.player = this; // for tests, which ask what is heard
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.stage);
    this.themes = setInterval(() => this._themeChanged() && this.draw(), 600);
    bus.players.add(this);
    listen();
  }

  _build() {
    this.host = make("div", "player", { tabindex: "0", role: "group" });
    this.stage = make("div", "stage");
    this.canvas = make("canvas", "picture");
    this.over = make("canvas", "over");
    this.tip = make("div", "tip", { role: "status" });
    this.tip.hidden = true;
    this.saving = make("div", "saving");
    this.stage.append(this.canvas, this.over, this.saving, this.tip);
    this.bar = make("div", "bar");
    this.host.append(this.stage, this.bar);
    this.root.append(this.host);
    this._buttons();
    this.over.addEventListener("pointerdown", (event) => this._down(event));
    this.over.addEventListener("pointermove", (event) => this._move(event));
    this.over.addEventListener("pointerup", (event) => this._up(event));
    this.over.addEventListener("pointercancel", () => (this.drag = null));
    this.over.addEventListener("pointerleave", () => this._hover(null));
    this.over.addEventListener("dblclick", () => this.scene.compact || this.show([0, this.scene.seconds]));
    this.over.addEventListener("wheel", (event) => this._wheel(event), { passive: false });
    this.host.addEventListener("keydown", (event) => this._key(event));
  }

  _buttons() {
    const button = (name, icon, label, act) => {
      const made = make("button", name, { type: "button", title: label, "aria-label": label });
      made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${icon}</svg>`;
      made.addEventListener("click", () => {
        bus.last = this;
        act();
      });
      return made;
    };
    this.playButton = button("play", ICONS.play, "Play (space)", () => this.toggle());
    this.loopButton = button("loop", ICONS.loop, "Repeat (L)", () => this.setLoop(!this.loops));
    this.time = make("span", "time", { role: "timer", "aria-label": "Position" });
    this.choices = make("span", "choices", { role: "radiogroup", "aria-label": "What is heard" });
    this.regionChip = make("button", "chip region", { type: "button", title: "Clear the region (Esc)" });
    this.regionChip.addEventListener("click", () => this.select(null));
    this.bandChip = make("button", "chip band", { type: "button", title: "Hear all frequencies again" });
    this.bandChip.addEventListener("click", () => this.setBand(null));
    this.said = make("span", "said", { role: "alert" });
    const volume = make("input", "volume", { type: "range", min: "0", max: "1", step: "0.02", value: "1", "aria-label": "Volume" });
    volume.addEventListener("input", () => this.transport.setVolume(Number(volume.value) ** 2));
    const sound = make("span", "icon");
    sound.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS.sound}</svg>`;
    this.tools = make("span", "tools");
    this.tools.append(
      button("fit", ICONS.fit, "Show the region (Enter)", () => this.region && this.show(this.region)),
      button("less", ICONS.less, "Show more time (-)", () => this.zoom(2)),
      button("more", ICONS.more, "Look closer (+)", () => this.zoom(0.5)),
      button("all", ICONS.all, "Show all (0)", () => this.show([0, this.scene.seconds])),
    );
    for (const kind of ["PNG", "SVG"]) {
      const made = button("save", ICONS.save, `Save the picture as ${kind}`, () => this.save(kind));
      made.append(kind);
      this.saving.append(made);
    }
    const space = make("span", "space");
    const loudness = make("span", "tools");
    loudness.append(sound, volume);
    this.bar.append(
      this.playButton, this.loopButton, this.time, this.choices, this.regionChip, this.bandChip, this.said, space,
      this.tools, loudness,
    );
  }

  /* Take what Python sent; the same clip keeps its position, region and zoom. */
  take(scene, tell) {
    const isOther = !this.scene || this.scene.clip !== scene.clip;
    const isPushed = this.scene && this.scene.push !== scene.push;
    const before = this.scene;
    this.scene = scene;
    this.tellPython = tell;
    const { low, high, unit, seconds } = scene.outline;
    const inUnits = (steps) => Float32Array.from(steps, (value) => value * unit);
    scene.outline = { low: inUnits(low), high: inUnits(high), from: 0, to: seconds };
    if (isOther || isPushed) {
      this.visible = scene.visible || [0, Math.min(scene.seconds, scene.maxSpan)];
      this.region = scene.region;
      this.told = JSON.stringify([scene.visible, scene.region]);
    }
    if (isOther) {
      this.pause();
      this.position = this.region ? this.region[0] : this.visible[0];
      this.band = null;
      this.transport.setBand(null);
      this.fine = null;
      this.chosen = 0;
    }
    this._takeSounds(scene, before);
    this.host.setAttribute("aria-label", scene.title ? `Player: ${scene.title}` : "Player");
    this.host.classList.toggle("compact", scene.compact);
    this.stage.style.height = `${scene.height}px`;
    this.tools.hidden = scene.seconds <= LEAST_SPAN;
    this.saving.hidden = !scene.tells;
    this.bar.hidden = scene.compact;
    this.draw();
    this._sharpen();
  }

  _takeSounds(scene, before) {
    const known = this.sounds;
    this.sounds = new Map(scene.sounds.map((entry) => [entry.name, this._sound(known, entry)]));
    const names = [...this.sounds.keys()];
    const changed = before && before.choose !== scene.choose && scene.choose;
    const playing = this.transport.playing && this.transport.sound;
    let wanted = Math.min(this.chosen, names.length - 1);
    if (changed) wanted = Math.max(0, names.indexOf(scene.choose.name));
    const same = playing && this.sounds.get(playing.name);
    if (playing && !same) this.pause(); // another part of the same sound may come: it is taken up when this one ends
    this.choices.replaceChildren(
      ...(names.length > 1 ? names : []).map((name, index) => {
        const made = make("button", "choice", { type: "button", role: "radio" });
        made.textContent = name;
        made.addEventListener("click", () => this.choose(index));
        return made;
      }),
    );
    if (wanted !== this.chosen || changed) this.choose(wanted, changed && scene.choose.play);
    else this._marks();
  }

  _sound(known, entry) {
    const found = known.get(entry.name);
    return found && found.url === entry.url ? found : new Sound(entry);
  }

  get sound() {
    return [...this.sounds.values()][this.chosen];
  }

  /* Hear another of the sounds, from the same place. */
  choose(index, play = false) {
    const playing = this.transport.playing;
    if (playing) this.pause();
    this.chosen = index;
    this._marks();
    if (playing || play) this.play();
  }

  toggle() {
    if (this.transport.playing) this.pause();
    else this.play();
  }

  async play() {
    for (const other of bus.players) if (other !== this) other.pause();
    bus.last = this;
    const { sound } = this;
    if (!sound) return;
    const [from, to] = this._bounds(sound);
    let start = this.position;
    if (start < from || start >= to - 0.01) start = from;
    this.said.textContent = "";
    this.position = start;
    this.wasAt = start;
    const loop = this.loops ? [sound.sampleAt(from), sound.sampleAt(to)] : null;
    const started = this.transport.play(sound, sound.sampleAt(start), sound.sampleAt(to), loop);
    this._marks();
    await started;
    this._run();
  }

  /* What may be heard: the region, or all that the sound holds. */
  _bounds(sound) {
    const region = this.region || [sound.start, sound.end];
    const from = Math.max(region[0], sound.start);
    const to = Math.min(region[1], sound.end);
    return to - from > 0.005 ? [from, to] : [sound.start, sound.end];
  }

  pause() {
    if (!this.transport.playing) return;
    this.position = this.heard();
    this.transport.stop();
    cancelAnimationFrame(this.frame);
    this._marks();
    this.drawOver();
  }

  /* Where the sound is now on the clip's time axis [s]. */
  heard() {
    const sample = this.transport.position();
    return sample === null ? this.position : this.transport.sound.secondsAt(sample);
  }

  _ended(error) {
    cancelAnimationFrame(this.frame);
    if (error) this.said.textContent = error.message;
    const played = this.transport.sound;
    const isPart = played.name === this.sound.name && played.end < this.sound.end - 0.05 && played.end >= this.sound.start;
    if (!error && !this.region && isPart) {
      this.position = played.end;
      this.play();
      return;
    }
    const [from, to] = this._bounds(this.sound);
    this.position = error ? this.position : this.region ? from : to;
    this._marks();
    this.drawOver();
  }

  _run() {
    cancelAnimationFrame(this.frame);
    const step = () => {
      if (!this.transport.playing) return;
      this.position = this.heard();
      this._follow();
      this.drawOver();
      this._marks(true);
      this.frame = requestAnimationFrame(step);
    };
    step();
  }

  /* Turn the page when the playhead leaves it. */
  _follow() {
    const [from, to] = this.visible;
    const left = this.wasAt >= from && this.wasAt <= to && (this.position < from || this.position > to);
    this.wasAt = this.position;
    if (!left || this.drag) return;
    const span = to - from;
    const start = Math.max(0, Math.min(this.position, this.scene.seconds - span));
    this.show([start, start + span]);
  }

  seek(seconds) {
    const playing = this.transport.playing;
    if (playing) this.pause();
    this.position = Math.max(0, Math.min(this.scene.seconds, seconds));
    this._reveal();
    if (playing) this.play();
    this._marks();
    this.drawOver();
  }

  _reveal() {
    const [from, to] = this.visible;
    if (this.position >= from && this.position <= to) return;
    const span = to - from;
    const start = Math.max(0, Math.min(this.position - span / 4, this.scene.seconds - span));
    this.show([start, start + span]);
  }

  setLoop(loops) {
    this.loops = loops;
    if (this.transport.playing) {
      this.pause();
      this.play();
    }
    this._marks();
  }

  /* Select a region [from, to] in seconds, or none. */
  select(region, { silent = false } = {}) {
    const playing = this.transport.playing;
    this.region = region && region[1] - region[0] >= LEAST_REGION ? region : null;
    if (this.region && !(this.position >= this.region[0] && this.position < this.region[1])) this.position = this.region[0];
    if (playing) {
      this.pause();
      this.play();
    }
    this._marks();
    this.drawOver();
    if (!silent) this._changed();
  }

  setBand(band) {
    this.band = band && band[1] / band[0] > 1.02 ? band : null;
    this.transport.setBand(this.band);
    this._marks();
    this.drawOver();
    this._tellSoon();
  }

  /* Show a stretch of time [from, to]; players that are linked follow. */
  show([from, to], { silent = false } = {}) {
    const most = Math.min(this.scene.seconds, this.scene.maxSpan);
    const span = Math.max(Math.min(LEAST_SPAN, most), Math.min(most, to - from));
    const middle = (from + to) / 2;
    const centred = to - from > span ? middle - span / 2 : from;
    const start = Math.max(0, Math.min(centred, this.scene.seconds - span));
    this.visible = [start, start + span];
    this.draw();
    this._sharpen();
    if (!silent) this._changed();
  }

  zoom(factor, centre = null) {
    const [from, to] = this.visible;
    const inside = this.position >= from && this.position <= to;
    const around = centre ?? (inside ? this.position : (from + to) / 2);
    this.show([around - (around - from) * factor, around + (to - around) * factor]);
  }

  _changed() {
    if (this.scene.link) {
      for (const other of bus.players) {
        if (other === this || !other.scene || other.scene.link !== this.scene.link) continue;
        other.show(this.visible, { silent: true });
        other.select(this.region && [...this.region], { silent: true });
      }
    }
    this._tellSoon();
  }

  _tellSoon() {
    if (!this.scene.tells) return;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const { clip, seconds } = this.scene;
      const isAll = this.visible[0] <= 0 && this.visible[1] >= seconds;
      const visible = isAll ? null : this.visible.map(rounded);
      const region = this.region ? this.region.map(rounded) : null;
      const said = JSON.stringify([visible, region, this.band]);
      if (said === this.told) return;
      this.told = said;
      this.tellPython({ clip, visible, region, band: this.band ? this.band.map(Math.round) : null });
    }, TELL_AFTER_MS);
  }

  /* Fetch the samples of what is visible, where the overview is too coarse for it. */
  async _sharpen() {
    const { scene, visible } = this;
    const width = this.layout ? this.layout.plotWidth : 800;
    const sound = this.sounds.values().next().value;
    const span = visible[1] - visible[0];
    const coarse = (scene.outline.low.length * span) / scene.outline.to < width;
    if (!scene.wave || !coarse || span > SHARPEN_SECONDS || !sound || visible[0] < sound.start || visible[1] > sound.end) return;
    if (this.fine && this.fine.from <= visible[0] && this.fine.to >= visible[1] && this.fine.span <= span * 1.5) return;
    const turn = (this.sharpening = (this.sharpening || 0) + 1);
    const margin = span / 4;
    const first = sound.sampleAt(Math.max(sound.start, visible[0] - margin));
    const stop = sound.sampleAt(Math.min(sound.end, visible[1] + margin));
    let y;
    try {
      y = await sound.read(first, stop);
    } catch {
      return; // the overview stays; playing will say what is wrong
    }
    if (turn !== this.sharpening || scene !== this.scene) return;
    const isSamples = y.length < 3 * width;
    const bins = isSamples ? { low: y, high: y } : envelopeOf(y, Math.round(2 * width));
    const edges = { from: sound.secondsAt(first), to: sound.secondsAt(stop) };
    this.fine = { ...bins, ...edges, span, isSamples };
    this.draw();
  }

  _outline() {
    const { fine, visible } = this;
    const fits = fine && fine.from <= visible[0] + 1e-6 && fine.to >= visible[1] - 1e-6;
    return fits ? fine : this.scene.outline;
  }

  _theme() {
    const style = getComputedStyle(this.host);
    const text = style.getPropertyValue("--st-text-color").trim() || "#16201f";
    const page = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    const font = style.getPropertyValue("--st-font").trim() || "sans-serif";
    return { text, page, font, faint: this.scene.faint, veil: `color-mix(in srgb, ${page} 78%, transparent)` };
  }

  _themeChanged() {
    if (!this.scene || !this.drawnWith) return false;
    const { text, page } = this._theme();
    return text !== this.drawnWith.text || page !== this.drawnWith.page;
  }

  draw() {
    const width = this.stage.clientWidth;
    if (!this.scene || !width) return;
    const { scene } = this;
    const theme = this._theme();
    this.drawnWith = theme;
    this.layout = arrange(scene, width);
    const context = sized(this.canvas, width, scene.height);
    drawScene(new CanvasPen(context), scene, this.layout, this.visible, theme, this._outline());
    this.drawOver();
    this._marks();
    this.host.dataset.painted = Number(this.host.dataset.painted || 0) + 1;
  }

  drawOver() {
    const { scene, layout, visible } = this;
    if (!layout) return;
    const theme = this.drawnWith;
    const context = sized(this.over, layout.width, scene.height);
    const pen = new CanvasPen(context);
    const first = layout.boxes[0];
    const last = layout.boxes[layout.boxes.length - 1];
    const top = first ? first.top : 0;
    const bottom = last ? last.top + last.height : layout.floor;
    const { left, plotWidth } = layout;
    pen.inside(left, 0, plotWidth, layout.floor, () => {
      if (this.region) {
        const [x, end] = this.region.map((seconds) => xOf(layout, visible, seconds));
        pen.rect(left, top, Math.max(0, x - left), bottom - top, "rgba(110,120,118,0.38)");
        pen.rect(end, top, Math.max(0, left + plotWidth - end), bottom - top, "rgba(110,120,118,0.38)");
        for (const edge of [x, end]) pen.path([[edge, top], [edge, bottom]], { stroke: scene.accent, width: 2 });
      }
      if (this.band) {
        for (const box of layout.boxes.filter((entry) => entry.panel.axis.kind === "frequency")) {
          const [low, high] = this.band.map((value) => Math.max(box.top, Math.min(box.top + box.height, yOf(box, value))));
          pen.rect(left, box.top, plotWidth, high - box.top, "rgba(60,70,68,0.62)");
          pen.rect(left, low, plotWidth, box.top + box.height - low, "rgba(60,70,68,0.62)");
          for (const edge of [low, high]) pen.path([[left, edge], [left + plotWidth, edge]], { stroke: scene.accent, width: 2 });
        }
      }
      const head = xOf(layout, visible, this.position);
      pen.path([[head, top], [head, bottom]], { stroke: "#ffffff", width: 4 });
      pen.path([[head, top], [head, bottom]], { stroke: scene.head, width: 2 });
    });
    if (!layout.compact) this._drawScrollbar(pen, theme);
  }

  _drawScrollbar(pen, theme) {
    const { layout, scene, visible } = this;
    const y = scene.height - SCROLLBAR + 4;
    pen.rect(layout.left, y, layout.plotWidth, 5, theme.faint);
    const x = layout.left + (layout.plotWidth * visible[0]) / scene.seconds;
    const width = Math.max(12, (layout.plotWidth * (visible[1] - visible[0])) / scene.seconds);
    pen.rect(Math.min(x, layout.left + layout.plotWidth - width), y, width, 5, scene.accent);
  }

  /* What the bar says; while it plays only what moves. */
  _marks(onlyTime = false) {
    const { scene } = this;
    if (!scene) return;
    const time = `${clock(this.position, 1)} / ${clock(scene.seconds, 1)}`;
    if (this.time.textContent !== time) this.time.textContent = time;
    this.host.dataset.position = this.position.toFixed(3);
    if (onlyTime) return;
    const { playing } = this.transport;
    this.host.dataset.playing = playing;
    this.host.dataset.clip = scene.clip;
    this.host.dataset.sound = this.sound ? new URL(`.${this.sound.url}`, document.baseURI) : "";
    this.host.dataset.visible = this.visible.map((value) => value.toFixed(3)).join(" ");
    this.host.dataset.region = this.region ? this.region.map((value) => value.toFixed(3)).join(" ") : "";
    this.host.dataset.band = this.band ? this.band.map((value) => value.toFixed(0)).join(" ") : "";
    this.playButton.querySelector("svg").innerHTML = playing ? ICONS.pause : ICONS.play;
    const label = playing ? "Pause (space)" : this.region ? "Play the region (space)" : "Play (space)";
    this.playButton.title = label;
    this.playButton.setAttribute("aria-label", label);
    this.loopButton.setAttribute("aria-pressed", this.loops);
    this.regionChip.hidden = !this.region;
    if (this.region) this.regionChip.textContent = `${this.region[0].toFixed(2)} to ${this.region[1].toFixed(2)} s ✕`;
    this.bandChip.hidden = !this.band;
    if (this.band) this.bandChip.textContent = `${this.band.map((value) => Math.round(value)).join(" to ")} Hz ✕`;
    [...this.choices.children].forEach((made, index) => made.setAttribute("aria-checked", index === this.chosen));
  }

  _place(event) {
    const box = this.over.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
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
    } else if (drag.kind === "band") this.setBand(drag.moved ? this.band : null);
    else if (drag.kind === "region" && drag.moved) this.select(this.region);
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
    this._tip(x, y, tell(box, secondsOf(layout, this.visible, x), this._shareOf(box, y)));
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

  /* The picture as a file, drawn anew on the page's colour. */
  save(kind) {
    const { scene, layout, visible } = this;
    const theme = { ...this.drawnWith };
    const name = `${scene.file || "genrescope"}.${kind.toLowerCase()}`;
    const height = scene.height - SCROLLBAR;
    const draw = (pen) => {
      pen.rect(0, 0, layout.width, height, theme.page);
      drawScene(pen, scene, layout, visible, theme, this._outline());
      return pen;
    };
    if (kind === "SVG") {
      theme.veil = theme.page;
      const svg = draw(new SvgPen(layout.width, height)).toString();
      download(new Blob([svg], { type: "image/svg+xml" }), name);
      return;
    }
    const canvas = document.createElement("canvas");
    const context = sized(canvas, layout.width, height, 2);
    draw(new CanvasPen(context));
    canvas.toBlob((blob) => download(blob, name), "image/png");
  }

  close() {
    this.transport.close();
    this.watch.disconnect();
    clearInterval(this.themes);
    clearTimeout(this.telling);
    cancelAnimationFrame(this.frame);
    bus.players.delete(this);
    if (bus.last === this) bus.last = null;
    this.host.remove();
  }
}

const rounded = (value) => Math.round(value * 1000) / 1000;

function make(tag, name, attributes = {}) {
  const made = document.createElement(tag);
  made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/* A canvas of that size in CSS pixels, cleared, sharp on dense screens. */
function sized(canvas, width, height, scale = window.devicePixelRatio || 1) {
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) {
    [canvas.width, canvas.height] = [wide, high];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

function download(blob, name) {
  const link = make("a", "", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export default function ({ parentElement, data, setStateValue }) {
  clearTimeout(parentElement.__closing);
  const player = (parentElement.__player ||= new Player(parentElement));
  if (data) player.take(unpack(data), (value) => setStateValue("seen", value));
  return () => {
    // Called before each new call as well: only where none follows the player goes.
    parentElement.__closing = setTimeout(() => {
      player.close();
      delete parentElement.__player;
    }, 0);
  };
}
