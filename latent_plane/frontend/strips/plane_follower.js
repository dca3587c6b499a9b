// What each row's class makes of the z that a plane shows, while it moves there.

import { subscribe } from "../shared/bus.js";
import { LatestOnly } from "../shared/latest_only.js";

/** @import { Decoder, Label } from "../shared/graph.js" */
/** @import { StripRow } from "../shared/messages.d.ts" */
/** @import { Decoded } from "../shared/onnxruntime_types.d.ts" */
/** @import { ShownPoint } from "../shared/topics.d.ts" */

/** @typedef {{ z: Float32Array, labels: Label[] }} Wish labels of the rows */

export class PlaneFollower {
  /** @type {Decoder} */
  #decoder;
  /** @type {LatestOnly<Wish, Decoded>} */
  #stream;
  /** @type {StripRow[]} */
  #rows = [];
  /** @type {Float32Array | null} what the plane shows */
  #z = null;
  /** @type {string | null} key of the plane */
  #plane = null;
  /** @type {(() => void) | null} */
  #leave = null;

  /**
   * @param {Decoder} decoder
   * @param {(row: number, values: Float32Array) => void} paint
   */
  constructor(decoder, paint) {
    this.#decoder = decoder;
    this.#stream = new LatestOnly(
      (wish) => this.#decode(wish),
      ({ values, width }, { labels }) => {
        for (let row = 0; row < labels.length; row++) {
          paint(row, values.subarray(row * width, (row + 1) * width));
        }
      },
    );
  }

  /**
   * @param {string | null} plane its key, or null for none
   * @param {StripRow[]} rows
   */
  follow(plane, rows) {
    this.#rows = rows;
    if (plane !== this.#plane) {
      this.close();
      if (plane) this.#leave = subscribe(`shown:${plane}`, (point) => this.#hear(point));
    }
    this.#plane = plane;
    this.renew();
  }

  renew() {
    const [z, rows] = [this.#z, this.#rows];
    if (!z || !rows.length || !this.#decoder.ready || z.length !== rows[0].size) return;
    const labels = rows.map(({ label }) => (Array.isArray(label) ? label[0] : label));
    this.#stream.want({ z, labels });
  }

  close() {
    this.#leave?.();
    this.#leave = null;
    this.#stream.forget();
    this.#z = null;
  }

  /** @param {ShownPoint | null} point */
  #hear(point) {
    this.#z = point && Float32Array.from(point.z);
    this.renew();
  }

  /** @param {Wish} wish */
  #decode({ z, labels }) {
    const points = new Float32Array(labels.length * z.length);
    for (let row = 0; row < labels.length; row++) points.set(z, row * z.length);
    return this.#decoder.decode(points, z.length, labels);
  }
}
