// Decoded pictures under the points, on the axes of the map, cell by cell between the frames.

import { drawingContext } from "../shared/dom.js";
import { rgba } from "../shared/painter.js";

/** @import { ImageOutput } from "../shared/messages.d.ts" */
/** @import { Decoded } from "../shared/onnxruntime_types.d.ts" */
/** @import { Point, Ranges } from "../shared/plotly_types.d.ts" */
/** @import { Latent } from "./latent.js" */
/** @import { LatentMap } from "./map.js" */

/** @typedef {{ columns: number, rows: number, ranges: Ranges, size: Point }} Grid size in pixels */

const CELL = 34; // pixels of the screen, about
const BATCH = 12; // milliseconds of decoding between two paintings
const LARGEST = 64; // pictures a batch
const PAUSE = 180; // milliseconds of rest before decoding begins

export class Manifold {
  on = false;
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {CanvasRenderingContext2D} */
  #context;
  /** @type {(z: Float32Array) => Promise<Decoded>} */
  #decode;
  /** @type {(milliseconds: number) => void} */
  #done;
  /** @type {ImageOutput | null} */
  #output = null;
  /** @type {ImageData | null} */
  #image = null;
  /** @type {Grid | null} as it is drawn */
  #grid = null;
  #job = 0;
  #batch = 4;
  /** @type {number | null} */
  #timer = null;
  /** @type {string | null} the state of axes and model that is drawn, or is to be */
  #drawn = null;
  /** @type {string | null} */
  #wanted = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(z: Float32Array) => Promise<Decoded>} decode
   * @param {(milliseconds: number) => void} done
   */
  constructor(canvas, decode, done) {
    this.#canvas = canvas;
    this.#context = drawingContext(canvas);
    this.#decode = decode;
    this.#done = done;
  }

  /** @param {ImageOutput} output */
  configure(output) {
    this.#output = output;
    this.#drawn = null;
  }

  /** @param {boolean} on */
  switch(on) {
    this.on = on;
    this.#drawn = null;
    this.#canvas.hidden = !on;
    if (!on) this.stop();
  }

  stop() {
    this.#job += 1;
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
  }

  /**
   * Follows the axes at once, and decodes anew when they or `signature` have changed and rest.
   * @param {LatentMap} map
   * @param {Latent} latent
   * @param {Float32Array} z
   * @param {string} signature
   */
  follow(map, latent, z, signature) {
    const output = this.#output;
    if (!this.on || !map.drawn || !output) return;
    this.#stretch(map);
    const state = `${map.range.flat()}|${signature}`;
    if (state === this.#wanted && (this.#drawn === state || this.#timer)) return;
    this.#wanted = state;
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#draw(this.#prepared(map, output), latent, z, state, output);
    }, PAUSE);
  }

  /**
   * Lays the canvas, drawn for its own range, over the same range of the axes as they are now.
   * @param {LatentMap} map
   */
  #stretch(map) {
    if (!this.#grid) return;
    const { ranges, size } = this.#grid;
    const { left, top, width, height } = map.frame;
    const [[u0, u1], [v0, v1]] = ranges;
    const [x0, y0] = map.pixel([u0, v1]);
    const [x1, y1] = map.pixel([u1, v0]);
    const [sx, sy] = [(x1 - x0) / size[0], (y1 - y0) / size[1]];
    this.#canvas.style.transform = `matrix(${sx}, 0, 0, ${sy}, ${x0}, ${y0})`;
    const [above, right] = [(top - y0) / sy, (x1 - left - width) / sx];
    const [below, before] = [(y1 - top - height) / sy, (left - x0) / sx];
    const insets = [above, right, below, before].map((n) => `${Math.max(0, n)}px`);
    this.#canvas.style.clipPath = `inset(${insets.join(" ")})`;
  }

  /**
   * @param {Grid} grid
   * @param {Latent} latent
   * @param {Float32Array} z
   * @param {string} state
   * @param {ImageOutput} output
   */
  async #draw({ columns, rows, ranges }, latent, z, state, output) {
    const job = ++this.#job;
    const begun = performance.now();
    const cells = outward(columns, rows);
    for (let next = 0; next < cells.length; ) {
      const some = cells.slice(next, next + this.#batch);
      const points = new Float32Array(some.length * z.length);
      some.forEach((cell, i) => {
        points.set(latent.moved(z, middle(cell, columns, rows, ranges)), i * z.length);
      });
      const before = performance.now();
      const answer = await this.#decode(points).catch(() => null);
      if (job !== this.#job || !answer) return;
      const spent = Math.max(0.5, performance.now() - before);
      const { values, width } = answer;
      some.forEach((cell, i) => {
        this.#paint(values.subarray(i * width, (i + 1) * width), cell, columns, output);
      });
      next += some.length;
      const fitting = Math.round((some.length * BATCH) / spent);
      this.#batch = Math.max(1, Math.min(LARGEST, fitting));
    }
    this.#drawn = state;
    this.#done(performance.now() - begun);
  }

  /**
   * An empty grid for the axes as they are now.
   * @param {LatentMap} map
   * @param {ImageOutput} output
   */
  #prepared(map, output) {
    const { width, height } = map.frame;
    const aspect = output.width / output.height;
    const columns = Math.max(4, Math.round(width / (CELL * Math.sqrt(aspect))));
    const rows = Math.max(4, Math.round(height / (CELL / Math.sqrt(aspect))));
    /** @type {Point} */
    const size = [columns * output.width, rows * output.height];
    Object.assign(this.#canvas, { width: size[0], height: size[1] });
    const { style } = this.#canvas;
    [style.width, style.height] = [`${size[0]}px`, `${size[1]}px`];
    const [u, v] = map.range;
    this.#grid = { columns, rows, ranges: [[...u], [...v]], size };
    this.#stretch(map);
    return this.#grid;
  }

  /**
   * @param {Float32Array} values
   * @param {number} cell
   * @param {number} columns
   * @param {ImageOutput} output
   */
  #paint(values, cell, columns, { width, height, channels }) {
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = this.#context.createImageData(width, height);
    }
    rgba(values, channels, this.#image.data);
    const [x, y] = [(cell % columns) * width, Math.floor(cell / columns) * height];
    this.#context.putImageData(this.#image, x, y);
  }
}

/**
 * Cells from the middle outward, so that what one looks at comes first.
 * @param {number} columns
 * @param {number} rows
 */
export function outward(columns, rows) {
  const away = (/** @type {number} */ cell) =>
    Math.hypot((cell % columns) - columns / 2 + 0.5, Math.floor(cell / columns) - rows / 2 + 0.5);
  const cells = Array.from({ length: columns * rows }, (_, cell) => cell);
  return cells.sort((a, b) => away(a) - away(b));
}

/**
 * Plane coordinates of a cell's middle; the first row has the largest v.
 * @param {number} cell
 * @param {number} columns
 * @param {number} rows
 * @param {Ranges} ranges
 * @returns {Point}
 */
export function middle(cell, columns, rows, [[u0, u1], [v0, v1]]) {
  return [
    u0 + ((cell % columns) + 0.5) * ((u1 - u0) / columns),
    v1 - (Math.floor(cell / columns) + 0.5) * ((v1 - v0) / rows),
  ];
}
