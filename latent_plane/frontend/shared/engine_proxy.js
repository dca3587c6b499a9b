// The engine in a worker, with the methods of `Engine`. The worker starts when it is first used.

import { failureOf, NetworkFailure, persistently } from "./download.js";

/** @import { Decoded, WorkerAnswer, WorkerCall } from "./onnxruntime_types.d.ts" */

export class EngineProxy {
  /** @type {string} */
  #runtime;
  /** @type {Map<number, { resolve: (result?: Decoded) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #last = 0;
  #closed = false;
  /** @type {Promise<unknown> | null} */
  #started = null;
  /** @type {Worker | null} */
  #worker = null;

  /** @param {string} runtime address of the folder with onnxruntime-web's files */
  constructor(runtime) {
    this.#runtime = runtime;
  }

  /** @param {string} url */
  async load(url) {
    this.#started ??= persistently(async () => this.#start());
    try {
      await this.#started;
    } catch (error) {
      this.#started = null;
      throw error;
    }
    await this.#ask({ id: ++this.#last, method: "load", values: [url] });
  }

  /**
   * @param {Float32Array} z
   * @param {number} size
   * @param {Float32Array | null} y
   */
  decode(z, size, y) {
    const answer = this.#ask({ id: ++this.#last, method: "decode", values: [z, size, y] });
    return /** @type {Promise<Decoded>} */ (answer);
  }

  close() {
    this.#closed = true;
    this.#end(new Error("closed"));
  }

  /**
   * @param {WorkerCall} call
   * @returns {Promise<Decoded | undefined>}
   */
  #ask(call) {
    return new Promise((resolve, reject) => {
      if (!this.#worker) throw new Error("the worker is not there");
      this.#waiting.set(call.id, { resolve, reject });
      this.#worker.postMessage(call);
    });
  }

  #start() {
    if (this.#closed) throw new Error("closed");
    const worker = new Worker(new URL("./engine.worker.js", import.meta.url), { type: "module" });
    worker.onmessage = (/** @type {MessageEvent<WorkerAnswer>} */ { data }) => this.#hear(data);
    worker.onerror = ({ message }) => {
      // An error without a word is that of a module that did not load.
      this.#end(message ? new Error(message) : new NetworkFailure("the worker did not load"));
    };
    this.#worker = worker;
    return this.#ask({ id: ++this.#last, method: "start", values: [this.#runtime] });
  }

  /** @param {WorkerAnswer} answer */
  #hear({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(failureOf(error.kind, error.message));
    else waiting?.resolve(result);
  }

  /** @param {Error} reason */
  #end(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#started = null;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}
