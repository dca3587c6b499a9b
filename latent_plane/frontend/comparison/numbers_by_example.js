// Codes and originals of all examples, fetched once: so many numbers for each of them.

import { absolute, downloadJson } from "../shared/download.js";
import { bytes, floats } from "../shared/encoding.js";

/** @import { NumbersContent } from "../shared/messages.d.ts" */

export class NumbersByExample {
  /** @type {Float32Array | Uint8Array} */
  #values;
  #size;
  #maximum;

  /** @param {NumbersContent} content */
  constructor({ size, maximum, ...content }) {
    this.#values = content.bytes ? bytes(content.bytes) : floats(content.floats ?? "");
    this.#size = size;
    this.#maximum = maximum;
  }

  /** @param {string} url */
  static async at(url) {
    return new NumbersByExample(await downloadJson(absolute(url)));
  }

  /**
   * The numbers of one example.
   * @param {number} example its place among all
   */
  of(example) {
    const values = this.#values.subarray(example * this.#size, (example + 1) * this.#size);
    return Float32Array.from(values, (value) => value / this.#maximum);
  }
}
