// Encoders and decoders: whether they are ready, why not, and the condition that they want.

/** @import { Decoded, DecodingEngine, Feeds } from "./onnxruntime_types.d.ts" */
/** @import { Engine } from "./engine.js" */

/** @typedef {number | null | undefined} Label the class of an example; none counts as the first */

/**
 * @template {{ load(url: string): Promise<void>, close(): void }} E
 */
class Graph {
  /** @type {E} */
  engine;
  ready = false;
  /** @type {Error | null} why it is not ready */
  failure = null;
  #classes = 0;
  #ticket = 0;

  /** @param {E} engine */
  constructor(engine) {
    this.engine = engine;
  }

  /**
   * Resolves to true when this graph can answer, to false when it failed or another was opened.
   * @param {string} url
   * @param {number} classes
   */
  async open(url, classes) {
    const ticket = ++this.#ticket;
    this.ready = false;
    this.failure = null;
    this.#classes = classes;
    try {
      await this.engine.load(url);
      this.ready = ticket === this.#ticket;
    } catch (error) {
      if (ticket === this.#ticket) this.failure = asError(error);
    }
    return this.ready && ticket === this.#ticket;
  }

  close() {
    this.#ticket += 1;
    this.ready = false;
    this.engine.close();
  }

  /**
   * One-hot rows, or null for a graph without classes.
   * @param {number} count of inputs
   * @param {Label | readonly Label[]} label one class for all inputs, or one for each
   */
  condition(count, label) {
    const classes = this.#classes;
    if (!classes) return null;
    const y = new Float32Array(count * classes);
    const own = Array.isArray(label) ? (/** @type {number} */ i) => label[i] : () => label;
    for (let i = 0; i < count; i++) y[i * classes + (own(i) ?? 0)] = 1;
    return y;
  }
}

/**
 * A graph that makes x of z.
 * @extends {Graph<DecodingEngine>}
 */
export class Decoder extends Graph {
  /**
   * @param {Float32Array} z one or more points of `size` numbers, one after the other
   * @param {number} size
   * @param {Label | readonly Label[]} label one for all of them, or one for each
   * @returns {Promise<Decoded>}
   */
  decode(z, size, label) {
    return this.engine.decode(z, size, this.condition(z.length / size, label));
  }
}

/**
 * A graph that makes the posterior of x.
 * @extends {Graph<Engine>}
 */
export class Encoder extends Graph {
  /**
   * @param {Float32Array} x one example
   * @param {readonly number[]} shape its own
   * @param {Label} label
   */
  async encode(x, shape, label) {
    /** @type {Feeds} */
    const feeds = { x: [x, [1, ...shape]] };
    const y = this.condition(1, label);
    if (y) feeds.y = [y, [1, y.length]];
    const { mean, log_var: logVar } = await this.engine.run(feeds);
    return { mean, logVar };
  }
}

/** @param {unknown} error */
function asError(error) {
  return error instanceof Error ? error : new Error(String(error));
}
