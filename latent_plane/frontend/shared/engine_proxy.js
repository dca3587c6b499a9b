// The engine in a worker, with the methods of `Engine`. The worker starts when it is first used.

export class EngineProxy {
  constructor(runtime) {
    this.runtime = runtime;
    this.waiting = new Map();
    this.last = 0;
  }

  load(url) {
    return this.#ask("load", url);
  }

  decode(z, size, y) {
    return this.#ask("decode", z, size, y);
  }

  close() {
    this.worker?.terminate();
    this.#drop("closed");
  }

  #ask(method, ...values) {
    this.worker ??= this.#start();
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, values });
    });
  }

  #start() {
    const worker = new Worker(new URL("./engine.worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.waiting.get(id) ?? {};
      this.waiting.delete(id);
      if (error === undefined) resolve?.(result);
      else reject?.(new Error(error));
    };
    worker.onerror = (event) => this.#drop(event.message || "the worker did not start");
    worker.postMessage({ runtime: this.runtime });
    return worker;
  }

  #drop(reason) {
    for (const { reject } of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
  }
}
