// Paints what the decoder answers: a picture, or one bar a feature.

import { BarPainter } from "./bars.js";
import { drawingContext } from "./dom.js";

/** @import { ImageOutput, Output } from "./messages.d.ts" */
/** @typedef {{ paint(values: Float32Array): void }} Painter */

/**
 * @param {Output} output
 * @param {HTMLElement} host
 * @returns {Painter}
 */
export function painterFor(output, host) {
  host.replaceChildren();
  host.dataset.kind = output.kind;
  return output.kind === "image" ? new PicturePainter(output, host) : new BarPainter(output, host);
}

/**
 * Writes a picture (height x width x channels, in [0, 1]) as RGBA bytes.
 * @param {Float32Array} values
 * @param {number} channels
 * @template {Uint8ClampedArray} T
 * @param {T} bytes
 */
export function rgba(values, channels, bytes) {
  const last = channels - 1;
  for (let i = 0, j = 0; j < bytes.length; i += channels, j += 4) {
    bytes[j] = values[i] * 255;
    bytes[j + 1] = values[i + Math.min(1, last)] * 255;
    bytes[j + 2] = values[i + Math.min(2, last)] * 255;
    bytes[j + 3] = 255;
  }
  return bytes;
}

class PicturePainter {
  /** @type {number} */
  #channels;
  /** @type {CanvasRenderingContext2D} */
  #context;
  /** @type {ImageData} */
  #image;

  /**
   * @param {ImageOutput} output
   * @param {HTMLElement} host
   */
  constructor({ width, height, channels }, host) {
    const canvas = document.createElement("canvas");
    canvas.className = "lp-picture";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Decoded picture");
    Object.assign(canvas, { width, height });
    canvas.style.aspectRatio = `${width} / ${height}`;
    this.#channels = channels;
    this.#context = drawingContext(canvas);
    this.#image = this.#context.createImageData(width, height);
    host.append(canvas);
  }

  /** @param {Float32Array} values */
  paint(values) {
    rgba(values, this.#channels, this.#image.data);
    this.#context.putImageData(this.#image, 0, 0);
  }
}
