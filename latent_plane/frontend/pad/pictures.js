// The three pictures beside the pad.

import { drawingContext, query } from "../shared/dom.js";
import { rgba } from "../shared/painter.js";

/** @import { PictureShape } from "../shared/messages.d.ts" */

// From too little ink over none to too much: -1, -1/2, 0, 1/2, 1.
const STOPS = [
  [33, 102, 172],
  [103, 169, 207],
  [247, 247, 247],
  [239, 138, 98],
  [178, 24, 43],
];

export class Pictures {
  /** @type {Picture} */
  #seen;
  /** @type {Picture} */
  #made;
  /** @type {Picture} */
  #difference;

  /** @param {HTMLElement} root */
  constructor(root) {
    const colours = STOPS.map((stop) => `rgb(${stop.join(" ")})`);
    root.style.setProperty("--dp-neutral", colours[2]);
    const gradient = `linear-gradient(to right, ${colours.join(", ")})`;
    query(root, ".dp-scale").style.background = gradient;
    this.#seen = new Picture(query(root, ".dp-seen", HTMLCanvasElement));
    this.#made = new Picture(query(root, ".dp-made", HTMLCanvasElement));
    this.#difference = new Picture(query(root, ".dp-difference", HTMLCanvasElement));
  }

  /** @param {PictureShape} output */
  shape(output) {
    for (const picture of [this.#seen, this.#made, this.#difference]) picture.shape(output);
  }

  /**
   * Values in [0, 1]; null for nothing.
   * @param {Float32Array | null} x
   * @param {Float32Array | null} decoded
   */
  show(x, decoded) {
    this.#seen.paint(x && ((bytes) => rgba(x, 1, bytes)));
    this.#made.paint(decoded && ((bytes) => rgba(decoded, 1, bytes)));
    this.#difference.paint(x && decoded && ((bytes) => signed(x, decoded, bytes)));
  }
}

class Picture {
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {CanvasRenderingContext2D} */
  #context;
  /** @type {ImageData | null} */
  #image = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = drawingContext(canvas);
  }

  /** @param {PictureShape} output */
  shape({ width, height }) {
    Object.assign(this.#canvas, { width, height });
    this.#canvas.style.aspectRatio = `${width} / ${height}`;
    this.#image = this.#context.createImageData(width, height);
  }

  /** @param {((bytes: Uint8ClampedArray) => void) | null} write */
  paint(write) {
    if (!this.#image) return;
    if (write) write(this.#image.data);
    else this.#image.data.fill(0);
    this.#context.putImageData(this.#image, 0, 0);
  }
}

/**
 * Writes decoded - x, in [-1, 1], in the colours of STOPS as RGBA bytes.
 * @param {Float32Array} x
 * @param {Float32Array} decoded
 * @param {Uint8ClampedArray} bytes
 */
export function signed(x, decoded, bytes) {
  for (let i = 0; i < x.length; i++) {
    const at = Math.min(1, Math.max(-1, decoded[i] - x[i])) * 2 + 2;
    const low = Math.min(3, Math.floor(at));
    for (let c = 0; c < 3; c++) {
      bytes[4 * i + c] = STOPS[low][c] + (at - low) * (STOPS[low + 1][c] - STOPS[low][c]);
    }
    bytes[4 * i + 3] = 255;
  }
}
