/* What is heard now: a microphone with its level, the verdict over the last seconds, bars and a ribbon that move. */

const RIBBON_SECONDS = 60;
const RIBBON_HEIGHT = 166;
const FLOOR_DB = -60;
const QUIET_DB = -50;
const QUIET_MS = 4000;
const CLIPPED_MS = 2000;
const FALL_DB = 1.5; // of the meter, a block

class LiveBars extends Bars {
  constructor() {
    super(() => {});
    this.back.remove();
  }

  /* The shares of the verdict in large type, in the order of the run's genres: bars grow and shrink, and stay where they are. */
  say(layer, words) {
    this.take([layer]);
    this.show(0);
    this.said.textContent = words;
  }
}

class Microphone {
  constructor(root) {
    this.host = make("div", "player microphone", { role: "group", "aria-label": "Microphone" });
    this._desk();
    this.board = make("div", "board");
    this.main = make("div", "main");
    this.others = make("div", "others");
    const words = make("div", "words");
    words.append(this.main, this.others);
    this.bars = new LiveBars();
    this.board.append(words, this.bars.host);
    this.canvas = make("canvas", "ribbon", { role: "img", "aria-label": "Genre over the last minute" });
    this.spoken = make("div", "spoken", { role: "status" });
    this.host.append(this.board, this.canvas, this.spoken);
    root.append(this.host);
    this.watch = new ResizeObserver(() => this._drawRibbon());
    this.watch.observe(this.host);
    this.themes = setInterval(() => this._drawRibbon(), 1000);
  }

  _desk() {
    this.desk = make("div", "desk");
    this.button = make("button", "go", { type: "button" });
    this.button.addEventListener("click", () => (this.capture ? this.stop() : this.start()));
    this.device = make("select", "device", { "aria-label": "Microphone", hidden: "" });
    this.device.addEventListener("change", () => this.start(this.device.value));
    this.meter = make("div", "meter", { role: "meter", "aria-label": "Level", "aria-valuemin": FLOOR_DB, "aria-valuemax": 0 });
    this.fill = make("div", "meter-fill");
    this.meter.append(this.fill);
    this.time = make("span", "time", { role: "timer", "aria-label": "Heard" });
    this.lag = make("span", "lag");
    this.said = make("span", "said", { role: "alert" });
    this.desk.append(this.button, this.device, this.meter, this.time, this.lag, this.said);
    this.host.append(this.desk);
    this._isListening(false);
  }

  _isListening(isOn) {
    this.button.textContent = isOn ? "Stop" : "Start listening";
    this.button.setAttribute("aria-pressed", isOn);
    this.host.dataset.listening = isOn;
    this.fill.style.transform = "scaleX(0)";
    if (this.scene) this._verdicts();
  }

  async start(deviceId = this.device.value) {
    this.stop();
    this._say("");
    this.lag.textContent = "";
    const capture = new Capture((samples, peak) => this._hear(samples, peak), (words) => this._ended(words));
    this.capture = capture;
    this._isListening(true);
    this.button.focus();
    try {
      await capture.start(deviceId);
    } catch (error) {
      capture.stop();
      if (this.capture === capture) this._ended(error.message);
      return;
    }
    if (this.capture !== capture) return; // stopped while the browser asked
    this.sending = new Sending(capture.sr, (sound) => this.tellPython(sound));
    this.level = FLOOR_DB;
    this.loudAt = this.clippedAt = -Infinity;
    this.startedAt = performance.now();
    this._devices();
  }

  async _devices() {
    const found = await microphones();
    this.device.replaceChildren(
      ...found.map(([id, name]) => {
        const option = make("option", "", { value: id });
        option.textContent = name || "Microphone";
        option.selected = this.capture && id === this.capture.deviceId;
        return option;
      }),
    );
    this.device.hidden = found.length < 2;
  }

  stop() {
    if (!this.capture) return;
    this.capture.stop();
    this.capture = null;
    this._isListening(false);
    this.lag.textContent = this.scene && this.scene.main ? "Stopped: this is what was heard last." : "";
  }

  _ended(words) {
    this.stop();
    this.capture = null;
    this._isListening(false);
    this._say(words);
  }

  _say(words) {
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  _hear(samples, peak) {
    if (!this.sending) return;
    this.sending.add(samples);
    const now = performance.now();
    const db = Math.max(FLOOR_DB, 20 * Math.log10(peak || 1e-9));
    this.level = Math.max(db, this.level - FALL_DB);
    this.fill.style.transform = `scaleX(${(1 - this.level / FLOOR_DB).toFixed(3)})`;
    this.meter.setAttribute("aria-valuenow", Math.round(this.level));
    this.meter.title = `${Math.round(this.level)} dB of full scale`;
    if (db > QUIET_DB) this.loudAt = now;
    if (peak > 0.99) this.clippedAt = now;
    const isQuiet = now - Math.max(this.loudAt, this.startedAt) > QUIET_MS;
    this.meter.classList.toggle("clips", now - this.clippedAt < CLIPPED_MS);
    if (now - this.clippedAt < CLIPPED_MS) this._say("Too loud: turn the microphone down.");
    else this._say(isQuiet ? "Hardly anything arrives: is it the right microphone, and is it on?" : "");
    const time = `${clock(this.sending.count / this.sending.sr, 0)} heard`;
    if (this.time.textContent !== time) this.time.textContent = time;
  }

  /* Take what Python says of the sound so far. */
  take(scene, tell) {
    this.tellPython = tell;
    this.scene = scene;
    const isOurs = this.sending && scene.session === this.sending.session;
    if (isOurs) {
      this.sending.taken(scene.taken);
      if (this.capture && scene.refused) this._ended(scene.refused);
      else if (this.capture && scene.isNew && scene.main) {
        const seconds = Math.max(0, this.sending.count / this.sending.sr - scene.now);
        const missed = scene.missed >= 0.5 ? ` ${Math.round(scene.missed)} s were lost on the way.` : "";
        this.lag.textContent = `Heard up to ${seconds.toFixed(1)} s ago.${missed}`;
        this.host.dataset.lag = seconds.toFixed(3);
      }
    }
    this.host.dataset.now = scene.now;
    this._verdicts();
    this._drawRibbon();
  }

  _verdicts() {
    const { main, others, bars } = this.scene;
    this.main.replaceChildren(...(main ? this._verdict(main) : this._empty()));
    this.main.classList.toggle("unsure", Boolean(main && !main.isSure));
    this.others.replaceChildren(
      ...others.map((verdict) => {
        const made = make("div", `other${verdict.isSure ? "" : " unsure"}`);
        made.append(...this._verdict(verdict));
        return made;
      }),
    );
    this.bars.host.hidden = !bars;
    if (bars) this.bars.say(bars, main.when);
    const spoken = main ? `${main.when}: ${main.name} ${main.isSure ? "" : main.beside}` : "";
    if (main && (main.name !== this.wasNamed)) this.spoken.textContent = spoken;
    this.wasNamed = main && main.name;
  }

  _verdict({ when, name, share, beside, colour }) {
    const parts = [make("div", "when"), make("div", "named"), make("div", "beside")];
    parts[0].textContent = when;
    const mark = make("span", "mark", { "aria-hidden": "true" });
    mark.style.background = colour;
    mark.hidden = !colour;
    const words = make("span", "name");
    words.textContent = name;
    const number = make("span", "share");
    number.textContent = share;
    parts[1].append(mark, words, number);
    parts[2].textContent = beside;
    return parts;
  }

  _empty() {
    const made = make("p", "empty");
    made.textContent = this.capture ? this.scene.waiting : this.scene.empty;
    return [made];
  }

  /* The ribbon ends now, and so scrolls. */
  _drawRibbon() {
    const { scene } = this;
    const width = this.host.clientWidth;
    const ribbon = scene && scene.ribbon;
    this.canvas.hidden = !ribbon || !width;
    if (this.canvas.hidden) return;
    const style = getComputedStyle(this.host);
    const text = style.getPropertyValue("--st-text-color").trim();
    const look = `${text} ${width} ${scene.now} ${scene.session} ${scene.turn}`;
    if (look === this.drawn) return;
    this.drawn = look;
    const picture = { wave: null, panels: [ribbon], height: RIBBON_HEIGHT, bars: true };
    const layout = arrange(picture, width);
    const end = Math.max(RIBBON_SECONDS, scene.now);
    const theme = {
      text,
      page: style.getPropertyValue("--st-background-color").trim(),
      font: style.getPropertyValue("--st-font").trim() || "sans-serif",
      faint: scene.faint,
    };
    drawScene(new CanvasPen(sized(this.canvas, width, RIBBON_HEIGHT)), picture, layout, [end - RIBBON_SECONDS, end], theme, null);
  }

  close() {
    this.stop();
    this.watch.disconnect();
    clearInterval(this.themes);
    this.host.remove();
  }
}

export default function ({ parentElement, data, setStateValue }) {
  clearTimeout(parentElement.__closing);
  const microphone = (parentElement.__microphone ||= new Microphone(parentElement));
  if (data) microphone.take(unpack(data), (sound) => setStateValue("sound", sound));
  return () => {
    // Called before each new call as well: only where none follows the microphone is let go.
    parentElement.__closing = setTimeout(() => {
      microphone.close();
      delete parentElement.__microphone;
    }, 0);
  };
}
