// The three pictures beside the sheet.

import { rgba } from "../shared/painter.js";

// From too little ink over none to too much: -1, -1/2, 0, 1/2, 1.
const STOPS = [
  [33, 102, 172],
  [103, 169, 207],
  [247, 247, 247],
  [239, 138, 98],
  [178, 24, 43],
];

export class Pictures {
  constructor(root) {
    const colours = STOPS.map((stop) => `rgb(${stop.join(" ")})`);
    root.style.setProperty("--dp-neutral", colours[2]);
    const scale = root.querySelector(".dp-scale");
    scale.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
    const canvases = ["seen", "made", "difference"].map((name) => root.querySelector(`.dp-${name}`));
    [this.seen, this.made, this.difference] = canvases.map((canvas) => new Picture(canvas));
  }

  shape(output) {
    for (const picture of [this.seen, this.made, this.difference]) picture.shape(output);
  }

  // x, decoded: Float32Array in [0, 1], or null for nothing
  show(x, decoded) {
    this.seen.paint(x && ((bytes) => rgba(x, 1, bytes)));
    this.made.paint(decoded && ((bytes) => rgba(decoded, 1, bytes)));
    this.difference.paint(decoded && ((bytes) => signed(x, decoded, bytes)));
  }
}

class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  shape({ width, height }) {
    Object.assign(this.canvas, { width, height });
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    this.image = this.context.createImageData(width, height);
  }

  paint(write) {
    if (write) write(this.image.data);
    else this.image.data.fill(0);
    this.context.putImageData(this.image, 0, 0);
  }
}

// Writes decoded - x, in [-1, 1], in the colours of STOPS as RGBA bytes.
function signed(x, decoded, bytes) {
  for (let i = 0; i < x.length; i++) {
    const at = Math.min(1, Math.max(-1, decoded[i] - x[i])) * 2 + 2;
    const low = Math.min(3, Math.floor(at));
    for (let c = 0; c < 3; c++) {
      bytes[4 * i + c] = STOPS[low][c] + (at - low) * (STOPS[low + 1][c] - STOPS[low][c]);
    }
    bytes[4 * i + 3] = 255;
  }
}
