/* The player: which sound is heard, from where to where, and what the bar says of it. */

const LEAST_REGION = 0.02;
const TELL_AFTER_MS = 180;
const SHORT_SECONDS = 10; // hundredths are told of what is shorter

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

class Player extends Stage {
  constructor(root) {
    super(root);
    this.transport = new Transport((error) => this._ended(error));
    this.loops = false;
    this.chosen = 0;
    this.saving = make("div", "saving");
    this.stage.append(this.saving);
    this.bars = new Bars(() => this._asWhole(true));
    this.bar = make("div", "bar");
    this.host.append(this.bar);
    this._buttons();
    bus.players.add(this);
    listen();
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
      this.band = scene.band;
      this.transport.setBand(this.band);
      this.told = JSON.stringify([scene.visible, scene.region, scene.band, ...(scene.parts ? [0] : [])]);
    }
    this._takeBars(scene);
    if (isOther) {
      this._asWhole(true);
      this.pause();
      this.said.textContent = "";
      this.position = this.region ? this.region[0] : this.visible[0];
      this.fine = null;
      this.chosen = 0;
    }
    this._takeSounds(scene, before);
    this.host.setAttribute("aria-label", scene.title ? `Player: ${scene.title}` : "Player");
    const axes = scene.panels.map((panel) => panel.axis.title).join(", ");
    this.canvas.setAttribute("aria-label", axes ? `Waveform, and over time: ${axes}` : "Waveform");
    this.host.classList.toggle("compact", scene.compact);
    this.stage.style.height = `${scene.height}px`;
    this.tools.hidden = scene.seconds <= LEAST_SPAN;
    this.saving.hidden = !scene.tells;
    this.bar.hidden = scene.compact;
    this.draw();
    this._sharpen();
  }

  /* Bars stand beside the picture where the scene has some. */
  _takeBars(scene) {
    const layers = scene.panels.flatMap((panel) => panel.layers).filter((layer) => layer.type === "shares");
    this.sheet.classList.toggle("with-bars", Boolean(scene.bars));
    if (scene.bars) {
      if (!this.bars.host.parentNode) this.sheet.append(this.bars.host);
      this.bars.take(layers, scene.bars);
    } else this.bars.host.remove();
  }

  /* The bars speak of the whole song, or of the playhead's place. */
  _asWhole(isWhole) {
    if (this.bars.isWhole === isWhole) return;
    this.bars.isWhole = isWhole;
    this._marks(true);
  }

  _takeSounds(scene, before) {
    const known = this.sounds;
    this.sounds = new Map(scene.sounds.map((entry) => [entry.name, this._sound(known, entry)]));
    const names = [...this.sounds.keys()];
    const changed = scene.choose && before && (before.choose || {}).turn !== scene.choose.turn;
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
    if (changed) this.host.focus({ preventScroll: true }); // so that space pauses what was just asked for
    if (wanted !== this.chosen || changed) this.choose(wanted, changed && scene.choose.play);
    else this._marks();
    if (this.waits && !this._lacks()) this.play();
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
    this._asWhole(false);
    const { sound } = this;
    if (!sound) return;
    if (this._lacks()) {
      this.waits = true; // the part of a long recording that is to be heard: Python is asked for it
      this._tellSoon();
      return;
    }
    this.waits = false;
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
      this.drawnAt = this.transport.context.currentTime;
      this._follow();
      if (this._lacks()) this._tellSoon(true);
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
    this._asWhole(false);
    this.position = Math.max(0, Math.min(this.scene.seconds, seconds));
    this._reveal();
    if (playing) this.play();
    else if (this._lacks()) this._tellSoon();
    this._marks();
    this.drawOver();
  }

  /* Whether the playhead stands in a part of a long recording that is not here. */
  _lacks() {
    const { parts } = this.scene;
    return Boolean(parts) && this.sounds.size > 0 && this._part() !== this.sounds.values().next().value.start;
  }

  /* Where the part begins that the playhead stands in [s]. */
  _part() {
    const { parts } = this.scene;
    return parts.stride * Math.floor(Math.min(this.position, Math.max(0, parts.seconds - 0.01)) / parts.stride);
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

  _changed() {
    if (this.scene.link) {
      for (const other of bus.players) {
        if (other === this || !other.scene || other.scene.link !== this.scene.link) continue;
        other.show(this.visible, { silent: true });
        other.select(this.region && [...this.region], { silent: true });
        other._tellSoon(); // Python asks each player what it shows
      }
    }
    this._tellSoon();
  }

  _tellSoon(isRunning = false) {
    if (!this.scene.tells && !this.scene.parts) return;
    if (isRunning && this.telling) return; // each frame asks again: the first is heard
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.telling = null;
      const { clip, seconds } = this.scene;
      const isAll = !this.scene.tells || (this.visible[0] <= 0 && this.visible[1] >= seconds);
      const visible = isAll ? null : this.visible.map(rounded);
      const region = this.region ? this.region.map(rounded) : null;
      const at = this.scene.parts ? this._part() : null;
      const said = JSON.stringify([visible, region, this.band, ...(at === null ? [] : [at])]);
      if (said === this.told) return;
      this.told = said;
      this.tellPython({ clip, visible, region, band: this.band ? this.band.map(Math.round) : null, at });
    }, TELL_AFTER_MS);
  }

  /* What the bar says; while it plays only what moves. */
  _marks(onlyTime = false) {
    const { scene } = this;
    if (!scene) return;
    const digits = scene.seconds < SHORT_SECONDS ? 2 : 1;
    const time = `${clock(this.position, digits)} / ${clock(scene.seconds, digits)}`;
    if (this.time.textContent !== time) this.time.textContent = time;
    this.host.dataset.position = this.position.toFixed(3);
    if (scene.bars) this.bars.show(this.position);
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

  close() {
    this.transport.close();
    clearTimeout(this.telling);
    cancelAnimationFrame(this.frame);
    bus.players.delete(this);
    if (bus.last === this) bus.last = null;
    super.close();
  }
}
