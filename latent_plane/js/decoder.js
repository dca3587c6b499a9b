// The decoder seen from the page: promises in front of a worker.

export class Decoder {
  constructor(runtime) {
    this.runtime = runtime;
    this.ready = false;
    this.failure = null;
    this.waiting = new Map();
    this.last = 0;
    this.load = 0;
    try {
      const script = new URL("./decoder.worker.js", import.meta.url);
      this.worker = new Worker(script, { type: "module" });
      this.worker.onmessage = ({ data }) => this.#answer(data);
      this.worker.onerror = (event) => this.#fail(event.message || "the worker did not start");
    } catch (error) {
      this.#fail(error.message);
    }
  }

  // Resolves to true when this url's decoder is ready, to false when it failed or was superseded.
  async open(url, classes) {
    const load = ++this.load;
    this.ready = false;
    this.classes = classes;
    try {
      await this.#ask({ type: "load", runtime: this.runtime, decoder: url });
      if (load !== this.load) return false;
      this.ready = true;
      this.failure = null;
    } catch (error) {
      if (load !== this.load) return false;
      this.failure = error.message;
    }
    return this.ready;
  }

  // z: Float32Array of one or more points, one after the other -> { values, width }.
  decode(z, size, label) {
    return this.#ask({ type: "decode", z, size, y: this.#condition(z.length / size, label) });
  }

  close() {
    this.worker?.terminate();
    this.waiting.clear();
  }

  #condition(count, label) {
    if (!this.classes) return null;
    const y = new Float32Array(count * this.classes);
    for (let i = 0; i < count; i++) y[i * this.classes + (label ?? 0)] = 1;
    return y;
  }

  #ask(message) {
    if (!this.worker) return Promise.reject(new Error(this.failure));
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...message, id });
    });
  }

  #answer({ id, error, ...answer }) {
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  }

  #fail(message) {
    this.failure = message;
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}
