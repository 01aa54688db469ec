/* The stage: what is drawn of a scene, how much of its time is in sight, and the picture as a file. */

const LEAST_SPAN = 0.005;
const SHARPEN_SECONDS = 90;
const MAGNIFIED_FROM = 1150; // pixels that a window should have, of the larger size

class Stage {
  constructor(root) {
    this.position = 0;
    this.visible = [0, 1];
    this.region = null;
    this.band = null;
    this.drag = null;
    this.sounds = new Map();
    this.host = make("div", "player", { tabindex: "0", role: "group" });
    this.host.player = this; // for tests, which ask what is heard
    this.stage = make("div", "stage");
    this.canvas = make("canvas", "picture", { role: "img" });
    this.over = make("canvas", "over");
    this.stage.append(this.canvas, this.over);
    this.sheet = make("div", "sheet");
    this.sheet.append(this.stage);
    this.host.append(this.sheet);
    root.append(this.host);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.stage);
    this.themes = setInterval(() => this._themeChanged() && this.draw(), 600);
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
    const over = (percent) => `color-mix(in srgb, ${page} ${percent}%, transparent)`;
    return { text, page, font, faint: this.scene.faint, veil: over(78), unselected: over(50) };
  }

  _themeChanged() {
    if (!this.scene || !this.drawnWith) return false;
    const { text, page } = this._theme();
    return text !== this.drawnWith.text || page !== this.drawnWith.page;
  }

  draw() {
    if (!this.scene) return;
    this.host.style.zoom = this._magnified();
    const width = this.stage.clientWidth;
    if (!width) return;
    const { scene } = this;
    const theme = this._theme();
    this.drawnWith = theme;
    this.layout = arrange(scene, width);
    const context = sized(this.canvas, width, scene.height, this._sharpness());
    drawScene(new CanvasPen(context), scene, this.layout, this.visible, theme, this._outline());
    this.drawOver();
    this._marks();
    this.host.dataset.painted = Number(this.host.dataset.painted || 0) + 1;
  }

  /* Canvas pixels a CSS pixel: more where the screen is dense, or the player is magnified. */
  _sharpness() {
    return (window.devicePixelRatio || 1) * this._magnified();
  }

  /* As much larger as is asked for, as far as the window has room for it. */
  _magnified() {
    return Math.max(1, Math.min(this.scene.magnified, window.innerWidth / MAGNIFIED_FROM));
  }

  drawOver() {
    const { scene, layout, visible } = this;
    if (!layout) return;
    const theme = this.drawnWith;
    const context = sized(this.over, layout.width, scene.height, this._sharpness());
    const pen = new CanvasPen(context);
    const first = layout.boxes[0];
    const last = layout.boxes[layout.boxes.length - 1];
    const top = first ? first.top : 0;
    const bottom = last ? last.top + last.height : layout.floor;
    const { left, plotWidth } = layout;
    pen.inside(left, 0, plotWidth, layout.floor, () => {
      if (this.region) {
        const [x, end] = this.region.map((seconds) => xOf(layout, visible, seconds));
        pen.rect(left, top, Math.max(0, x - left), bottom - top, theme.unselected);
        pen.rect(end, top, Math.max(0, left + plotWidth - end), bottom - top, theme.unselected);
        for (const edge of [x, end]) pen.path([[edge, top], [edge, bottom]], { stroke: scene.accent, width: 2 });
      }
      if (this.band) {
        for (const box of layout.boxes.filter((entry) => entry.panel.axis.kind === "frequency")) {
          const [low, high] = this.band.map((value) => Math.max(box.top, Math.min(box.top + box.height, yOf(box, value))));
          pen.rect(left, box.top, plotWidth, high - box.top, theme.unselected);
          pen.rect(left, low, plotWidth, box.top + box.height - low, theme.unselected);
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
    this.watch.disconnect();
    clearInterval(this.themes);
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
