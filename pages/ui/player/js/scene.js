/* Drawing a scene: panels above each other on one time axis. What is drawn comes from Python; nothing here knows what it means. */

const MARGIN_LEFT = 68;
const MARGIN_RIGHT = 84;
const MARGIN_NARROW = 8;
const MARGIN_OF_BARS = 24; // half the name of the last moment
const GAP = 10;
const TIME_AXIS = 40;
const SCROLLBAR = 12;
const NOTES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const TIME_STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];

/* Python sends one block of bytes: the length of a JSON header, the header, then arrays that it refers to. */
function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const base = 4 + length;
  const kinds = { u8: Uint8Array, i8: Int8Array, f32: Float32Array };
  const find = (value) => {
    if (Array.isArray(value)) return value.map(find);
    if (value && typeof value === "object") {
      if ("$at" in value) {
        const from = base + value.$at;
        return new kinds[value.kind](bytes.slice(from, from + value.bytes).buffer);
      }
      return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, find(entry)]));
    }
    return value;
  };
  return find(header);
}

/* Where everything stands, in pixels: the wave on top, panels by their share of the rest, axis and scrollbar below. */
function arrange(scene, width) {
  const compact = scene.compact;
  const left = compact ? MARGIN_NARROW : MARGIN_LEFT;
  const right = compact ? MARGIN_NARROW : scene.bars ? MARGIN_OF_BARS : MARGIN_RIGHT;
  const bottom = compact ? 4 : TIME_AXIS + SCROLLBAR;
  const plot = { left, width: Math.max(20, width - left - right) };
  const boxes = [];
  let top = 6;
  if (scene.wave) {
    boxes.push({ panel: scene.wave, top, height: scene.wave.height });
    top += scene.wave.height + GAP;
  }
  const room = scene.height - top - bottom - GAP * Math.max(0, scene.panels.length - 1);
  const shares = scene.panels.reduce((sum, panel) => sum + panel.share, 0);
  for (const panel of scene.panels) {
    const height = (room * panel.share) / shares;
    boxes.push({ panel, top, height });
    top += height + GAP;
  }
  const floor = scene.height - bottom;
  return { ...plot, boxes, floor, width, plotWidth: plot.width, height: scene.height, compact };
}

/* Share of an axis, 0 at its lower end, of a value on it. */
function along(axis, value) {
  if (axis.edges) {
    const last = axis.edges.length - 1;
    if (value <= axis.edges[0]) return 0;
    if (value >= axis.edges[last]) return 1;
    let row = 0;
    while (axis.edges[row + 1] < value) row++;
    return (row + (value - axis.edges[row]) / (axis.edges[row + 1] - axis.edges[row])) / last;
  }
  if (axis.log) return Math.log(Math.max(value, 1e-9) / axis.low) / Math.log(axis.high / axis.low);
  return (value - axis.low) / (axis.high - axis.low);
}

function valueAt(axis, share) {
  if (axis.edges) {
    const last = axis.edges.length - 1;
    const row = Math.min(last - 1, Math.floor(share * last));
    return axis.edges[row] + (share * last - row) * (axis.edges[row + 1] - axis.edges[row]);
  }
  if (axis.log) return axis.low * (axis.high / axis.low) ** share;
  return axis.low + share * (axis.high - axis.low);
}

const yOf = (box, value) => box.top + box.height * (1 - along(box.panel.axis, value));
const xOf = (layout, [from, to], seconds) => layout.left + (layout.plotWidth * (seconds - from)) / (to - from);
const secondsOf = (layout, [from, to], x) => from + ((x - layout.left) / layout.plotWidth) * (to - from);

function hexed(colour) {
  return [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
}

/* 256 colours of a scale given as stops [share, "#rrggbb"]. */
function palette(stops) {
  const colours = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const share = i / 255;
    let place = 0;
    while (place + 2 < stops.length && stops[place + 1][0] < share) place++;
    const [[from, first], [to, second]] = [stops[place], stops[place + 1]];
    const part = Math.min(1, Math.max(0, (share - from) / (to - from)));
    const [a, b] = [hexed(first), hexed(second)];
    for (let k = 0; k < 3; k++) colours[3 * i + k] = a[k] + part * (b[k] - a[k]);
  }
  return colours;
}

/* The picture of a layer of cells, first row at the bottom; made once. */
function pictured(layer) {
  if (layer.canvas) return layer.canvas;
  const { rows, columns, cells } = layer;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const image = new ImageData(columns, rows);
  const colours = palette(layer.palette);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const shade = 3 * cells[row * columns + column];
      const place = 4 * ((rows - 1 - row) * columns + column);
      image.data[place] = colours[shade];
      image.data[place + 1] = colours[shade + 1];
      image.data[place + 2] = colours[shade + 2];
      image.data[place + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  layer.canvas = canvas;
  return canvas;
}

function drawCells(pen, layer, box, layout, visible) {
  const canvas = pictured(layer);
  const from = Math.max(0, Math.floor((visible[0] - layer.x0) / layer.dx) - 1);
  const to = Math.min(layer.columns, Math.ceil((visible[1] - layer.x0) / layer.dx) + 1);
  if (to <= from) return;
  const x = xOf(layout, visible, layer.x0 + from * layer.dx);
  const width = xOf(layout, visible, layer.x0 + to * layer.dx) - x;
  const smooth = to - from > layout.plotWidth;
  if (layer.even) {
    const bottom = yOf(box, layer.edges[0]);
    const top = yOf(box, layer.edges[layer.edges.length - 1]);
    pen.image(canvas, [from, 0, to - from, layer.rows], [x, top, width, bottom - top], smooth);
    return;
  }
  for (let row = 0; row < layer.rows; row++) {
    const bottom = yOf(box, layer.edges[row]);
    const top = yOf(box, layer.edges[row + 1]);
    if (bottom - top < 0.05) continue;
    pen.image(canvas, [from, layer.rows - 1 - row, to - from, 1], [x, top, width, bottom - top + 0.6], smooth);
  }
}

function drawLine(pen, layer, box, layout, visible) {
  const points = [];
  const first = Math.max(0, Math.floor((visible[0] - layer.x0) / layer.dx) - 1);
  const stop = Math.min(layer.values.length, Math.ceil((visible[1] - layer.x0) / layer.dx) + 2);
  for (let i = first; i < stop; i++) {
    const value = layer.values[i];
    points.push(Number.isNaN(value) ? null : [xOf(layout, visible, layer.x0 + i * layer.dx), yOf(box, value)]);
  }
  if (layer.halo) pen.path(points, { stroke: layer.halo, width: 4 });
  pen.path(points, { stroke: layer.colour, width: 2 });
}

function drawBand(pen, layer, box, layout, visible) {
  const first = Math.max(0, Math.floor((visible[0] - layer.x0) / layer.dx));
  const stop = Math.min(layer.low.length, Math.ceil((visible[1] - layer.x0) / layer.dx));
  const along = (values) => {
    const points = [];
    for (let i = first; i < stop; i++) points.push([xOf(layout, visible, layer.x0 + (i + 0.5) * layer.dx), yOf(box, values[i])]);
    return points;
  };
  const fill = `rgba(${hexed(layer.colour).join(",")},0.55)`;
  pen.path([...along(layer.high), ...along(layer.low).reverse()], { stroke: layer.colour, fill, width: 1 });
}

function drawMarks(pen, layer, box, layout, visible) {
  for (const time of layer.times) {
    if (time < visible[0] || time > visible[1]) continue;
    const x = xOf(layout, visible, time);
    pen.path([[x, box.top], [x, box.top + box.height]], { stroke: layer.colour, width: 1.5, dash: [5, 4] });
  }
}

/* A veil over the picture below: cells covered as much as they say, and outlines around those that are marked. */
function drawVeil(pen, layer, box, layout, visible) {
  const { rows, columns, shades, marked } = layer;
  const x = Array.from(layer.times, (time) => Math.round(xOf(layout, visible, time)));
  const y = Array.from(layer.edges, (edge) => Math.round(yOf(box, edge)));
  const [red, green, blue] = hexed(layer.colour);
  const seen = (column) => layer.times[column + 1] >= visible[0] && layer.times[column] <= visible[1];
  for (let column = 0; column < columns; column++) {
    if (!seen(column)) continue;
    for (let row = 0; row < rows; row++) {
      const shade = shades[row * columns + column];
      if (!shade) continue;
      const fill = `rgba(${red},${green},${blue},${(shade / 255).toFixed(3)})`;
      pen.rect(x[column], y[row + 1], x[column + 1] - x[column], y[row] - y[row + 1], fill);
    }
  }
  const is = (row, column) => row >= 0 && row < rows && column >= 0 && column < columns && marked[row * columns + column] === 1;
  for (let column = 0; column < columns; column++) {
    if (!seen(column)) continue;
    for (let row = 0; row < rows; row++) {
      if (!is(row, column)) continue;
      const [left, right, bottom, top] = [x[column], x[column + 1], y[row], y[row + 1]];
      const sides = [
        [is(row, column - 1), [left, bottom], [left, top]],
        [is(row, column + 1), [right, bottom], [right, top]],
        [is(row - 1, column), [left, bottom], [right, bottom]],
        [is(row + 1, column), [left, top], [right, top]],
      ];
      for (const [shared, from, to] of sides) if (!shared) pen.path([from, to], { stroke: layer.line, width: 2 });
    }
  }
}

/* The band between least and largest sample; where there are fewer samples than pixels, the samples themselves. */
function drawWave(pen, outline, box, layout, visible, colour) {
  const { low, high, from, to } = outline;
  const step = (to - from) / low.length;
  const first = Math.max(0, Math.floor((visible[0] - from) / step));
  const stop = Math.min(low.length, Math.ceil((visible[1] - from) / step));
  const upper = [];
  const lower = [];
  for (let i = first; i < stop; i++) {
    const x = xOf(layout, visible, from + (i + 0.5) * step);
    upper.push([x, yOf(box, high[i])]);
    lower.push([x, yOf(box, low[i])]);
  }
  if (outline.isSamples) {
    pen.path(upper, { stroke: colour, width: 1.5 });
    if (stop - first < layout.plotWidth / 8) for (const [x, y] of upper) pen.rect(x - 2, y - 2, 4, 4, colour);
    return;
  }
  pen.path([...upper, ...lower.reverse()], { stroke: colour, fill: colour, width: 1 });
}

function drawScale(pen, layer, box, layout, theme) {
  const x = layout.left + layout.plotWidth + 12;
  const colours = palette(layer.palette);
  const steps = 64;
  for (let i = 0; i < steps; i++) {
    const shade = 3 * Math.round((255 * i) / (steps - 1));
    const top = box.top + box.height * (1 - (i + 1) / steps);
    const fill = `rgb(${colours[shade]},${colours[shade + 1]},${colours[shade + 2]})`;
    pen.rect(x, top, 9, box.height / steps + 0.5, fill);
  }
  const style = { colour: theme.text, size: 12.5, font: theme.font };
  for (const [share, baseline] of [[1, "top"], [0.5, "middle"], [0, "bottom"]]) {
    const value = layer.low + share * (layer.high - layer.low);
    const words = spoken(layer.high - layer.low >= 20 ? Math.round(value) : value);
    pen.text(words, x + 13, box.top + box.height * (1 - share), { ...style, baseline });
  }
  pen.text(layer.unit, layout.width - 7, box.top + box.height / 2, { ...style, align: "center", turned: true });
}

function spoken(value) {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value)).replace("-", "−");
  return value.toPrecision(size >= 1 ? 3 : 2).replace("-", "−");
}

function clock(seconds, digits) {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  const rest = (whole - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? digits + 3 : 2, "0")}`;
}

function timeTicks([from, to], width) {
  const most = Math.max(2, width / 80);
  const step = TIME_STEPS.find((entry) => (to - from) / entry <= most) || 3600;
  const digits = step >= 1 ? 0 : Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const ticks = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9; i++) ticks.push(i * step);
  return { ticks, say: (seconds) => (to > 60 ? clock(seconds, digits) : seconds.toFixed(digits)), unit: to > 60 ? "min:s" : "s" };
}

function drawTimeAxis(pen, layout, visible, theme, title) {
  const { ticks, say, unit } = timeTicks(visible, layout.plotWidth);
  const y = layout.floor;
  const words = { colour: theme.text, size: 14, align: "center", font: theme.font };
  for (const tick of ticks) {
    const x = xOf(layout, visible, tick);
    pen.path([[x, y], [x, y + 5]], { stroke: theme.faint });
    pen.text(say(tick), x, y + 14, words);
  }
  pen.text(`${title} [${unit}]`, layout.left + layout.plotWidth / 2, y + 31, words);
}

function drawValueAxis(pen, box, layout, theme) {
  const { axis } = box.panel;
  const words = { colour: theme.text, size: 13, align: "right", font: theme.font };
  let last = Infinity;
  for (const [value, name] of axis.ticks) {
    const y = yOf(box, value);
    if (y < box.top - 1 || y > box.top + box.height + 1 || last - y < 15) continue;
    last = y;
    const inside = Math.min(Math.max(y, box.top + 5), box.top + box.height - 5);
    pen.path([[layout.left - 5, y], [layout.left, y]], { stroke: theme.faint });
    pen.text(name, layout.left - 8, inside, words);
  }
  const title = { colour: theme.text, size: 14, align: "center", turned: true, font: theme.font };
  pen.text(axis.title, 11, box.top + box.height / 2, title);
}

/* Names of lines, beside their colours, in a row inside the panel. */
function drawNames(pen, box, layout, theme) {
  let x = layout.left + 10;
  const y = box.top + box.height - 13;
  const named = box.panel.layers.filter((layer) => layer.name);
  if (!named.length) return;
  const width = named.reduce((sum, layer) => sum + 30 + 7.2 * layer.name.length, 4);
  pen.rect(x - 6, y - 10, width, 20, theme.veil);
  for (const layer of named) {
    pen.path([[x, y], [x + 14, y]], { stroke: layer.colour, width: 3 });
    pen.text(layer.name, x + 19, y, { colour: theme.text, size: 13, font: theme.font });
    x += 30 + 7.2 * layer.name.length;
  }
}

const DRAWN = { cells: drawCells, line: drawLine, band: drawBand, marks: drawMarks, veil: drawVeil, shares: drawShares };

function drawScene(pen, scene, layout, visible, theme, outline) {
  for (const box of layout.boxes) {
    pen.inside(layout.left, box.top, layout.plotWidth, box.height, () => {
      if (box.panel === scene.wave) {
        pen.path([[layout.left, yOf(box, 0)], [layout.left + layout.plotWidth, yOf(box, 0)]], { stroke: theme.faint });
        drawWave(pen, outline, box, layout, visible, scene.accent);
      } else {
        for (const layer of box.panel.layers) {
          DRAWN[layer.type](pen, layer, box, layout, visible, theme);
        }
        if (!layout.compact) drawNames(pen, box, layout, theme);
      }
    });
    if (layout.compact) continue;
    drawValueAxis(pen, box, layout, theme);
    const cells = box.panel.layers && box.panel.layers.find((layer) => layer.type === "cells");
    if (cells) drawScale(pen, cells, box, layout, theme);
  }
  if (scene.frame) pen.rect(layout.left, layout.floor + 1, layout.plotWidth, 3, scene.frame);
  if (!layout.compact) drawTimeAxis(pen, layout, visible, theme, scene.time || "Time");
}

function noteOf(frequency) {
  if (!(frequency > 0)) return "";
  const number = Math.round(69 + 12 * Math.log2(frequency / 440));
  return `${NOTES[((number % 12) + 12) % 12]}${Math.floor(number / 12) - 1}`;
}

/* What lies at a point of a panel, in words: "1.24 s, 440 Hz (A4), −12 dB". */
function tell(box, seconds, share, isLong) {
  const shares = (box.panel.layers || []).find((layer) => layer.type === "shares");
  if (shares) return tellShares(shares, seconds, isLong);
  const said = [`${seconds.toFixed(2)} s`];
  const { axis, layers } = box.panel;
  const value = valueAt(axis, share);
  if (axis.kind === "frequency") said.push(`${value >= 100 ? Math.round(value) : value.toFixed(1)} Hz (${noteOf(value)})`);
  for (const layer of layers || []) {
    if (layer.type === "cells") {
      const column = Math.floor((seconds - layer.x0) / layer.dx);
      let row = 0;
      while (row + 1 < layer.rows && layer.edges[row + 1] <= value) row++;
      if (column < 0 || column >= layer.columns) continue;
      if (layer.names) said.push(layer.names[row]);
      const cell = layer.low + (layer.cells[row * layer.columns + column] / 255) * (layer.high - layer.low);
      if (layer.scales) said.push(spoken((cell / layer.high) * layer.scales[row]));
      said.push(`${spoken(Math.round(cell * 10) / 10)} ${layer.unit}`.trim());
    } else if (layer.type === "veil") {
      let [row, column] = [0, 0];
      while (row + 1 < layer.rows && layer.edges[row + 1] <= value) row++;
      while (column + 1 < layer.columns && layer.times[column + 1] <= seconds) column++;
      const found = layer.values[row * layer.columns + column];
      if (value <= layer.edges[layer.rows]) said.push(`${found > 0 ? "+" : ""}${spoken(found)} ${layer.unit}`);
    } else if (layer.type === "line") {
      const place = Math.round((seconds - layer.x0) / layer.dx);
      const found = layer.values[place];
      if (found === undefined || Number.isNaN(found)) continue;
      const note = layer.unit === "Hz" ? ` (${noteOf(found)})` : "";
      said.push(`${layer.name ? `${layer.name} ` : ""}${spoken(found)} ${layer.unit}${layer.isPitch ? note : ""}`.trim());
    }
  }
  return said.join(", ");
}
