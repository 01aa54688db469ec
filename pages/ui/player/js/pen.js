/* Two pens with the same strokes: one draws on a canvas, the other writes SVG, so that what is saved is what was seen. */

class CanvasPen {
  constructor(context) {
    this.context = context;
  }

  /* Its edges lie on the screen's pixels, so that neighbours leave no seam however large all is drawn. */
  rect(x, y, width, height, fill) {
    const { context } = this;
    const { a, d, e, f } = context.getTransform();
    const [left, right] = [x, x + width].map((edge) => Math.round(edge * a + e));
    const [top, bottom] = [y, y + height].map((edge) => Math.round(edge * d + f));
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = fill;
    context.fillRect(left, top, Math.max(width > 0 ? 1 : 0, right - left), Math.max(height > 0 ? 1 : 0, bottom - top));
    context.restore();
  }

  path(points, { stroke = null, fill = null, width = 1, dash = [] }) {
    const { context } = this;
    context.beginPath();
    let down = false;
    for (const point of points) {
      if (point === null) down = false;
      else if (down) context.lineTo(point[0], point[1]);
      else {
        context.moveTo(point[0], point[1]);
        down = true;
      }
    }
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.lineJoin = "round";
      context.setLineDash(dash);
      context.stroke();
    }
  }

  text(words, x, y, { colour, size = 12, align = "left", baseline = "middle", turned = false, font, bold = false }) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    if (turned) context.rotate(-Math.PI / 2);
    context.fillStyle = colour;
    context.font = `${bold ? "600 " : ""}${size}px ${font}`;
    context.textAlign = align;
    context.textBaseline = baseline;
    context.fillText(words, 0, 0);
    context.restore();
  }

  image(source, [sx, sy, sw, sh], [x, y, width, height], smooth) {
    this.context.imageSmoothingEnabled = smooth;
    this.context.drawImage(source, sx, sy, sw, sh, x, y, width, height);
  }

  inside(x, y, width, height, draw) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(x, y, width, height);
    this.context.clip();
    draw();
    this.context.restore();
  }
}

class SvgPen {
  constructor(width, height) {
    this.size = [width, height];
    this.parts = [];
    this.clips = 0;
  }

  rect(x, y, width, height, fill) {
    this.parts.push(`<rect x="${round2(x)}" y="${round2(y)}" width="${round2(width)}" height="${round2(height)}" fill="${fill}"/>`);
  }

  path(points, { stroke = null, fill = null, width = 1, dash = [] }) {
    let steps = "";
    let down = false;
    for (const point of points) {
      if (point === null) down = false;
      else {
        steps += `${down ? "L" : "M"}${round2(point[0])} ${round2(point[1])}`;
        down = true;
      }
    }
    const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    const line = stroke ? ` stroke="${stroke}" stroke-width="${width}" stroke-linejoin="round"${dashes}` : "";
    this.parts.push(`<path d="${steps}" fill="${fill || "none"}"${line}/>`);
  }

  text(words, x, y, { colour, size = 12, align = "left", baseline = "middle", turned = false, font, bold = false }) {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    const shift = { middle: 0.35, top: 0.8, bottom: -0.1, alphabetic: 0 }[baseline] * size;
    const turn = turned ? ` transform="rotate(-90 ${round2(x)} ${round2(y)})"` : "";
    const weight = bold ? ' font-weight="600"' : "";
    const family = font.replaceAll('"', "'");
    this.parts.push(
      `<text x="${round2(x)}" y="${round2(y)}" dy="${round2(shift)}" font-size="${size}" font-family="${family}"${weight} ` +
        `text-anchor="${anchor}" fill="${colour}"${turn}>${escaped(words)}</text>`,
    );
  }

  image(source, [sx, sy, sw, sh], [x, y, width, height], smooth) {
    const part = document.createElement("canvas");
    [part.width, part.height] = [Math.max(1, Math.round(sw)), Math.max(1, Math.round(sh))];
    part.getContext("2d").drawImage(source, sx, sy, sw, sh, 0, 0, part.width, part.height);
    const style = smooth ? "" : ' style="image-rendering:pixelated"';
    this.parts.push(
      `<image x="${round2(x)}" y="${round2(y)}" width="${round2(width)}" height="${round2(height)}" ` +
        `preserveAspectRatio="none"${style} href="${part.toDataURL("image/png")}"/>`,
    );
  }

  inside(x, y, width, height, draw) {
    const name = `clip${++this.clips}`;
    this.parts.push(
      `<clipPath id="${name}"><rect x="${round2(x)}" y="${round2(y)}" width="${round2(width)}" height="${round2(height)}"/></clipPath>`,
      `<g clip-path="url(#${name})">`,
    );
    draw();
    this.parts.push("</g>");
  }

  toString() {
    const [width, height] = this.size;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `${this.parts.join("")}</svg>`
    );
  }
}

const round2 = (value) => Math.round(value * 100) / 100;
const escaped = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
