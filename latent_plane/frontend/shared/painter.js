// Paints what the decoder answers: a picture, or one bar a feature.

import { drawingContext } from "./dom.js";
import { written } from "./numbers.js";

/** @import { Bar, ImageOutput, Output, TableOutput } from "./messages.d.ts" */
/** @typedef {{ paint(values: Float32Array): void }} Painter */

/** So many bars fit into a telephone's window beside the map. */
const FEW = 8;

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

class BarPainter {
  /** @type {(Bar & { output: HTMLElement, fill: HTMLElement })[]} */
  #bars;

  /**
   * @param {TableOutput} output
   * @param {HTMLElement} host
   */
  constructor({ bars }, host) {
    this.#bars = bars.map((bar) => {
      const row = document.createElement("div");
      row.className = "lp-bar";
      const [name, output] = ["span", "output"].map((tag) => document.createElement(tag));
      const [track, fill] = ["div", "div"].map((tag) => document.createElement(tag));
      name.textContent = bar.name;
      name.title = `${bar.name}: data from ${short(bar.low)} to ${short(bar.high)} ${bar.unit}`;
      track.append(fill);
      row.append(name, output, track);
      host.append(row);
      return { ...bar, output, fill };
    });
    host.toggleAttribute("data-many", bars.length > FEW);
    host.removeAttribute("data-all");
    if (bars.length > FEW) host.append(allButton(host, bars.length));
  }

  /** @param {Float32Array} values */
  paint(values) {
    this.#bars.forEach(({ low, high, unit, output, fill }, i) => {
      const share = (values[i] - low) / (high - low || 1);
      fill.style.transform = `scaleX(${Math.min(1, Math.max(0, share))})`;
      output.textContent = unit ? `${short(values[i])} ${unit}` : short(values[i]);
    });
  }
}

/**
 * Where only a few bars are shown, a button shows all.
 * @param {HTMLElement} host
 * @param {number} count
 */
function allButton(host, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lp-all";
  const say = () => {
    const all = host.hasAttribute("data-all");
    button.textContent = all ? `Show ${FEW} of ${count} features` : `Show all ${count} features`;
    button.setAttribute("aria-expanded", String(all));
  };
  button.addEventListener("click", () => {
    host.toggleAttribute("data-all");
    say();
  });
  say();
  return button;
}

/** @param {number} value */
function short(value) {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4;
  return written(value, digits);
}
