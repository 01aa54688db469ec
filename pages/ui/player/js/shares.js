/* Shares over time: the ribbon, what it tells, and the bars that move with the playhead. */

/* Shares of one whole over time: each piece a column, split by share; names stand where they last long enough to be read. */
function drawShares(pen, layer, box, layout, visible, theme) {
  const count = layer.names.length;
  const { height } = box;
  for (let piece = 0; piece < layer.starts.length; piece++) {
    if (layer.ends[piece] < visible[0] || layer.starts[piece] > visible[1]) continue;
    const x = Math.round(xOf(layout, visible, layer.starts[piece]));
    const width = Math.max(1, Math.round(xOf(layout, visible, layer.ends[piece])) - x);
    let below = 0;
    for (const index of layer.order) {
      const share = layer.shares[piece * count + index];
      if (share < 0.002) continue;
      const top = Math.round(box.top + height * (1 - below - share));
      const bottom = Math.round(box.top + height * (1 - below));
      below += share;
      pen.rect(x, top, width, bottom - top, `rgba(${hexed(layer.colours[index]).join(",")},${layer.opacity})`);
    }
  }
  const borders = Array.from(layer.borders, (border) => xOf(layout, visible, border));
  borders.forEach((x, place) => {
    const room = Math.min(x - (borders[place - 1] ?? -Infinity), (borders[place + 1] ?? Infinity) - x);
    if (room > 20) pen.path([[x, box.top], [x, box.top + height]], { stroke: theme.page, width: 5 });
    pen.path([[x, box.top], [x, box.top + height]], { stroke: theme.text, width: room > 20 ? 2 : 1 });
  });
  for (const [from, to] of layer.apart) {
    const [x, end] = [from, to].map((seconds) => Math.round(xOf(layout, visible, seconds)));
    pen.rect(x, box.top, Math.max(2, end - x), 7, theme.page);
    pen.rect(x, box.top, Math.max(2, end - x), 5, theme.text);
  }
  for (const [start, end, name, at] of layer.stretches) {
    const [x, stop] = [Math.max(start, visible[0]), Math.min(end, visible[1])].map((seconds) => xOf(layout, visible, seconds));
    const wide = 7.6 * name.length + 14;
    if (stop - x < wide + 4) continue;
    const middle = [(x + stop) / 2, box.top + height * (1 - at)];
    pen.rect(middle[0] - wide / 2, middle[1] - 11, wide, 22, "rgba(20,28,27,0.66)");
    pen.text(name, ...middle, { colour: "#ffffff", size: 13.5, align: "center", font: theme.font });
  }
  if (layer.title) {
    const wide = 7.4 * layer.title.length + 14;
    pen.rect(layout.left, box.top + height - 21, wide, 21, theme.page);
    pen.text(layer.title, layout.left + 7, box.top + height - 10, { colour: theme.text, size: 13, font: theme.font });
  }
}

/* The piece that sounds at a moment: the last one that has begun, or none before the first. */
function pieceAt(layer, seconds) {
  let [low, high] = [0, layer.starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layer.starts[middle] <= seconds) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/* "12.0 to 15.0 s: jazz 0.81, blues 0.10" */
function tellShares(layer, seconds, isLong) {
  const piece = pieceAt(layer, seconds);
  const count = layer.names.length;
  const shares = layer.names.map((name, index) => [layer.shares[piece * count + index], name]).sort((a, b) => b[0] - a[0]);
  const named = shares.slice(0, 3).filter(([share], place) => !place || share >= 0.02);
  const [from, to] = [layer.spans[2 * piece], layer.spans[2 * piece + 1]];
  const span = isLong ? `${clock(from, 0)} to ${clock(to, 0)}` : `${from.toFixed(1)} to ${to.toFixed(1)} s`;
  return `${span}: ${named.map(([share, name]) => `${name} ${share.toFixed(2)}`).join(", ")}`;
}

/* Bars beside the picture: the shares at the playhead, or of all the time while nobody has moved it. Drawn each frame, by the page
   itself; in plain elements, so that a screen reader finds names and numbers. */
class Bars {
  constructor(onWhole) {
    this.host = make("div", "bars");
    this.head = make("div", "bars-head");
    this.said = make("span", "bars-said");
    this.back = make("button", "back", { type: "button", title: "Show what holds for all of it" });
    this.back.addEventListener("click", onWhole);
    this.head.append(this.said, this.back);
    this.host.append(this.head);
    this.blocks = [];
    this.isWhole = true;
    this.ofWhole = "";
  }

  /* Take the layers of shares of a scene, a block of bars for each. */
  take(layers, ofWhole) {
    this.ofWhole = ofWhole;
    this.back.textContent = ofWhole;
    const known = JSON.stringify(layers.map(({ names, order, title, colours }) => [names, order, title, colours]));
    if (known !== this.known) {
      this.known = known;
      this.blocks.forEach(({ block }) => block.remove());
      this.blocks = layers.map((layer) => this._block(layer));
      this.host.append(...this.blocks.map(({ block }) => block));
    }
    layers.forEach((layer, place) => {
      const made = this.blocks[place];
      made.layer = layer;
      made.block.classList.toggle("pale", layer.opacity < 1);
      made.block.classList.toggle("unsure", layer.threshold === null);
      if (layer.threshold !== null) made.block.style.setProperty("--threshold", layer.threshold);
      made.shown = null;
    });
  }

  _block(layer) {
    const block = make("div", "bars-of", { role: "group", "aria-label": layer.title || "Probability of each genre" });
    if (layer.title) {
      const title = make("div", "bars-title");
      title.textContent = layer.title;
      block.append(title);
    }
    const list = make("ul", "bars-list");
    const rows = new Map();
    for (const index of layer.order) {
      const row = make("li", "bars-row");
      const name = make("span", "bars-name");
      name.textContent = layer.names[index];
      const track = make("span", "bars-track");
      const fill = make("span", "bars-fill");
      fill.style.background = layer.colours[index];
      track.append(fill);
      const number = make("span", "bars-number");
      row.append(name, track, number);
      list.append(row);
      rows.set(index, { row, fill, number });
    }
    const axis = make("div", "bars-axis", { "aria-hidden": "true" });
    axis.innerHTML = "<span>0</span><span>Probability</span><span>1</span>";
    block.append(list, axis);
    return { block, rows };
  }

  /* Show the shares at a moment [s], or of all the time. */
  show(seconds) {
    const isWhole = this.isWhole && this.blocks.every(({ layer }) => layer.whole);
    const words = isWhole ? this.ofWhole : `At ${clock(seconds, 0)}`;
    if (this.said.textContent !== words) this.said.textContent = words;
    this.back.hidden = isWhole;
    for (const made of this.blocks) {
      const { layer } = made;
      const piece = isWhole ? -1 : pieceAt(layer, seconds);
      if (made.shown === piece) continue;
      made.shown = piece;
      const count = layer.names.length;
      const at = (index) => (isWhole ? layer.whole[index] : layer.shares[piece * count + index]);
      const best = Math.max(...layer.order.map(at));
      for (const [index, { row, fill, number }] of made.rows) {
        const value = at(index);
        fill.style.transform = `scaleX(${Math.max(0, Math.min(1, value)).toFixed(4)})`;
        number.textContent = toldApart(value, layer.threshold);
        row.classList.toggle("best", value === best);
      }
    }
  }
}

/* Two digits, or as many as tell it from the threshold that it does not reach. */
function toldApart(value, threshold) {
  if (threshold !== null && value < threshold) {
    for (let digits = 2; digits < 5; digits++) {
      if (value.toFixed(digits) !== threshold.toFixed(digits)) return value.toFixed(digits);
    }
  }
  return value.toFixed(2);
}
