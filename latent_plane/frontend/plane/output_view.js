// Shows what the decoder answers: its picture in the panel, and its ghost in the scatter matrix.

import { plausible } from "../shared/columns.js";
import { LatestOnly } from "../shared/latest_only.js";
import { painterFor } from "../shared/painter.js";

/** @import { Decoder } from "../shared/graph.js" */
/** @import { Bar, Output } from "../shared/messages.d.ts" */
/** @import { Decoded } from "../shared/onnxruntime_types.d.ts" */
/** @import { Painter } from "../shared/painter.js" */
/** @import { Stats } from "../shared/stats.js" */
/** @import { ScatterMatrix } from "./scatter_matrix.js" */

/** @typedef {{ z: Float32Array, label: number | null, stamp: number, arrival: number }} Wish */

export class OutputView {
  /** @type {HTMLElement} */
  #host;
  /** @type {ScatterMatrix} */
  #matrix;
  /** @type {Map<number, Bar>} */
  #bars = new Map();
  /** @type {Painter | null} */
  #painter = null;
  /** @type {LatestOnly<Wish, Decoded>} */
  #stream;

  /**
   * @param {HTMLElement} host
   * @param {Decoder} decoder
   * @param {ScatterMatrix} matrix
   * @param {Stats} stats
   */
  constructor(host, decoder, matrix, stats) {
    this.#host = host;
    this.#matrix = matrix;
    this.#stream = new LatestOnly(
      ({ z, label }) => decoder.decode(Float32Array.from(z), z.length, label),
      ({ values }, wish) => {
        this.paint(values);
        stats.count(wish);
      },
    );
  }

  /** @param {Output} output */
  configure(output) {
    this.#painter = painterFor(output, this.#host);
    const bars = output.kind === "table" ? output.bars : [];
    this.#bars = new Map(bars.map((bar) => [bar.column, bar]));
  }

  /**
   * @param {Float32Array} z
   * @param {number | null} label
   * @param {number} stamp of the event that asks for the picture of z
   */
  want(z, label, stamp) {
    this.#stream.want({ z, label, stamp, arrival: performance.now() });
  }

  /** @param {Float32Array} values */
  paint(values) {
    this.#painter?.paint(values);
    this.#matrix.ghost((column) => {
      const bar = this.#bars.get(column);
      return bar ? plausible(bar, values) : Number.NaN;
    });
  }

  forget() {
    this.#stream.forget();
  }
}
