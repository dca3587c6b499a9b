// ONNX Runtime with one graph loaded; the same in the page and in a worker.

import { downloadBytes, importModule } from "./download.js";
import { slowNetwork } from "./progress.js";

/** @import { Decoded, Feeds, OnnxRuntime, OnnxSession } from "./onnxruntime_types.d.ts" */

export class Engine {
  /** @type {string} */
  #base;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  /** @type {OnnxRuntime | null} */
  #runtime = null;
  /** @type {OnnxSession | null} */
  #session = null;

  /** @param {string} base address of the folder with onnxruntime-web's files */
  constructor(base) {
    this.#base = base;
    if (!slowNetwork()) started(base).catch(() => {}); // told to whoever loads
  }

  /** @param {string} url */
  load(url) {
    const graph = downloadBytes(url);
    graph.catch(() => {});
    return this.#next(async () => {
      this.#runtime = await started(this.#base);
      const session = await this.#runtime.InferenceSession.create(new Uint8Array(await graph));
      await this.#session?.release();
      this.#session = session;
    });
  }

  /**
   * @param {Feeds} feeds
   * @returns {Promise<Record<string, Float32Array>>}
   */
  run(feeds) {
    return this.#next(async () => {
      if (!this.#runtime || !this.#session) throw new Error("no graph is loaded");
      const { Tensor } = this.#runtime;
      const inputs = mapped(feeds, ([values, shape]) => new Tensor("float32", values, shape));
      const outputs = await this.#session.run(inputs);
      const answers = mapped(outputs, ({ data }) => Float32Array.from(data));
      for (const tensor of Object.values(outputs)) tensor.dispose();
      return answers;
    });
  }

  /**
   * @param {Float32Array} z points of `size` numbers, one after the other
   * @param {number} size
   * @param {Float32Array | null} y their conditions
   * @returns {Promise<Decoded>}
   */
  async decode(z, size, y) {
    const count = z.length / size;
    /** @type {Feeds} */
    const feeds = { z: [z, [count, size]] };
    if (y) feeds.y = [y, [count, y.length / count]];
    const { x } = await this.run(feeds);
    return { values: x, width: x.length / count };
  }

  close() {
    this.#next(async () => this.#session?.release()).catch(() => {});
  }

  /**
   * One at a time, in order: a session may not run twice at once, nor end while it runs.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #next(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/**
 * Shared by all engines of a page: the runtime takes half a second and tens of megabytes.
 * @type {Map<string, Promise<OnnxRuntime>>}
 */
const runtimes = new Map();

/** @param {string} base */
function started(base) {
  const known = runtimes.get(base);
  if (known) return known;
  const runtime = start(base);
  runtime.catch(() => runtimes.delete(base)); // the next one to ask tries again
  runtimes.set(base, runtime);
  return runtime;
}

/**
 * @param {string} base
 * @returns {Promise<OnnxRuntime>}
 */
async function start(base) {
  const [{ module: ort }, glue, wasm] = await Promise.all([
    /** @type {Promise<{ module: OnnxRuntime }>} */ (importModule(`${base}/ort.wasm.min.mjs`)),
    // The runtime imports this itself, once, and would remember a failure for good.
    importModule(`${base}/ort-wasm-simd-threaded.mjs`),
    downloadBytes(`${base}/ort-wasm-simd-threaded.wasm`),
  ]);
  ort.env.wasm.numThreads = 1; // pages of Streamlit are not isolated: no shared memory
  ort.env.wasm.wasmBinary = wasm;
  ort.env.wasm.wasmPaths = { mjs: glue.url };
  ort.env.logLevel = "error";
  return ort;
}

/**
 * @template A
 * @template B
 * @param {Record<string, A>} entries
 * @param {(value: A) => B} change
 * @returns {Record<string, B>}
 */
function mapped(entries, change) {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]));
}
