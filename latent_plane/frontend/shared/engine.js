// ONNX Runtime with one graph loaded; the same in the page and in a worker.

import { download } from "./download.js";

export class Engine {
  // runtime: address of the folder with onnxruntime-web's files
  constructor(runtime) {
    this.runtime = started(runtime);
    this.runtime.catch(() => {}); // told to whoever loads
    this.turn = Promise.resolve();
  }

  load(url) {
    const graph = fetched(url);
    graph.catch(() => {});
    return this.#next(async () => {
      const ort = await this.runtime;
      const session = await ort.InferenceSession.create(new Uint8Array(await graph));
      await this.session?.release();
      this.session = session;
    });
  }

  // feeds: { name: [Float32Array, shape] } -> { name: Float32Array }
  run(feeds) {
    return this.#next(async () => {
      const { Tensor } = await this.runtime;
      const tensors = mapped(feeds, ([values, shape]) => new Tensor("float32", values, shape));
      const outputs = await this.session.run(tensors);
      const answers = mapped(outputs, ({ data }) => Float32Array.from(data));
      for (const tensor of Object.values(outputs)) tensor.dispose();
      return answers;
    });
  }

  // z: points of `size` numbers, one after the other; y: their conditions or null
  async decode(z, size, y) {
    const count = z.length / size;
    const feeds = { z: [z, [count, size]] };
    if (y) feeds.y = [y, [count, y.length / count]];
    const { x } = await this.run(feeds);
    return { values: x, width: x.length / count };
  }

  close() {
    this.#next(() => this.session?.release()).catch(() => {});
  }

  // One at a time, in order: a session may not run twice at once, nor end while it runs.
  #next(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }
}

// Shared by all planes of a page: the runtime takes half a second and tens of megabytes.
const runtimes = new Map();

function started(base) {
  if (!runtimes.has(base)) {
    const runtime = start(base);
    runtime.catch(() => runtimes.delete(base));
    runtimes.set(base, runtime);
  }
  return runtimes.get(base);
}

async function start(base) {
  const [ort, wasm] = await Promise.all([
    import(`${base}/ort.wasm.min.mjs`),
    fetched(`${base}/ort-wasm-simd-threaded.wasm.gz`),
  ]);
  ort.env.wasm.numThreads = 1; // pages of Streamlit are not isolated: no shared memory
  ort.env.wasm.wasmBinary = wasm;
  ort.env.wasm.wasmPaths = { mjs: `${base}/ort-wasm-simd-threaded.mjs` };
  ort.env.logLevel = "error";
  return ort;
}

async function fetched(url) {
  return (await download(url)).arrayBuffer();
}

function mapped(entries, change) {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]));
}
