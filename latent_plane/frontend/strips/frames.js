// The decoded pictures of all rows. A newer set of rows ends an older job; rows that stayed the
// same keep their pictures.

import { floats } from "../shared/encoding.js";
import { rgba } from "../shared/painter.js";

/** @import { Decoder, Label } from "../shared/graph.js" */
/** @import { PictureShape, StripRow } from "../shared/messages.d.ts" */

/** @typedef {[row: number, frame: number]} Wish */

/**
 * @typedef {object} FrameRow
 * @property {string} signature all that its pictures depend on
 * @property {(ImageData | null)[]} pictures
 * @property {StripRow["label"]} label
 * @property {number} size
 * @property {Float32Array} z (frames, size)
 */

/**
 * @typedef {object} FramesListener
 * @property {(row: number, frame: number) => void} arrived
 * @property {(milliseconds: number) => void} done
 * @property {(error: unknown) => void} failed
 */

const BATCH = 24; // milliseconds of decoding between two paintings
const LARGEST = 64; // pictures a batch

export class Frames {
  /** @type {FrameRow[]} */
  rows = [];
  /** @type {Decoder} */
  #decoder;
  /** @type {FramesListener} */
  #on;
  /** @type {PictureShape} */
  #output = { width: 1, height: 1, channels: 1 };
  /** @type {Wish[]} what is missing, the most urgent first */
  #wishes = [];
  #job = 0;
  #batch = 4;
  #begun = 0;

  /**
   * @param {Decoder} decoder
   * @param {FramesListener} on
   */
  constructor(decoder, on) {
    this.#decoder = decoder;
    this.#on = on;
  }

  /**
   * @param {StripRow[]} rows
   * @param {string} source what else the pictures depend on
   * @param {PictureShape} output
   * @param {(row: number) => number[]} seen frames that come first
   */
  set(rows, source, output, seen) {
    const before = new Map(this.rows.map((row) => [row.signature, row.pictures]));
    this.#begun = performance.now();
    this.#output = output;
    this.rows = rows.map(({ z, label, size, frames }) => {
      const signature = `${source}|${label}|${z}`;
      const pictures = before.get(signature) ?? new Array(frames).fill(null);
      return { signature, pictures, label, size, z: floats(z) };
    });
    this.#wishes = this.#ordered(seen);
    this.start();
  }

  /** Goes on with what is missing, as soon as the decoder can. */
  async start() {
    const job = ++this.#job;
    if (!this.#decoder.ready) return;
    try {
      while (job === this.#job && this.#wishes.length) {
        const some = this.#wishes.slice(0, this.#batch);
        const spent = await this.#decode(some, job);
        if (job !== this.#job) return;
        this.#wishes.splice(0, some.length);
        const next = Math.round((some.length * BATCH) / spent);
        this.#batch = Math.max(1, Math.min(LARGEST, 2 * some.length, next));
      }
      if (job === this.#job) this.#on.done(performance.now() - this.#begun);
    } catch (error) {
      if (job === this.#job) this.#on.failed(error);
    }
  }

  stop() {
    this.#job += 1;
  }

  /**
   * The picture at `frame`, or the nearest that is there; null when there is none yet.
   * @param {number} row
   * @param {number} frame
   */
  nearest(row, frame) {
    const { pictures } = this.rows[row];
    for (let away = 0; away < pictures.length; away++) {
      const found = pictures[frame - away] ?? pictures[frame + away];
      if (found) return found;
    }
    return null;
  }

  /** @param {Float32Array} values */
  picture(values) {
    const { width, height, channels } = this.#output;
    const pixels = rgba(values, channels, new Uint8ClampedArray(4 * width * height));
    return new ImageData(pixels, width, height);
  }

  /** @param {(row: number) => number[]} seen */
  #ordered(seen) {
    /** @type {Wish[]} */
    const first = this.rows.flatMap((_, row) => seen(row).map((frame) => wish(row, frame)));
    const rest = this.rows.flatMap(({ pictures }, row) =>
      pictures.map((_, frame) => wish(row, frame)),
    );
    const missing = [...first, ...rest].filter(([row, frame]) => !this.rows[row].pictures[frame]);
    return [...new Map(missing.map((one) => [String(one), one])).values()];
  }

  /**
   * How long it took, in milliseconds.
   * @param {Wish[]} wishes
   * @param {number} job
   */
  async #decode(wishes, job) {
    const before = performance.now();
    const { size } = this.rows[0];
    const points = new Float32Array(wishes.length * size);
    const labels = wishes.map(([row, frame]) => labelAt(this.rows[row].label, frame));
    wishes.forEach(([row, frame], i) => {
      points.set(this.rows[row].z.subarray(frame * size, (frame + 1) * size), i * size);
    });
    const { values, width } = await this.#decoder.decode(points, size, labels);
    if (job === this.#job) {
      wishes.forEach(([row, frame], i) => {
        const own = values.subarray(i * width, (i + 1) * width);
        this.rows[row].pictures[frame] = this.picture(own);
        this.#on.arrived(row, frame);
      });
    }
    return Math.max(0.5, performance.now() - before);
  }
}

/**
 * @param {number} row
 * @param {number} frame
 * @returns {Wish}
 */
function wish(row, frame) {
  return [row, frame];
}

/**
 * A row's label is one for all its frames or one for each.
 * @param {StripRow["label"]} label
 * @param {number} frame
 * @returns {Label}
 */
function labelAt(label, frame) {
  return Array.isArray(label) ? label[frame] : label;
}
