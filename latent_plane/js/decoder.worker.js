// Runs the decoder away from the page, so that neither start-up nor a slow model stops a gesture.
//
// Messages in:  { type: "load", runtime, decoder, id }
//               { type: "decode", id, z: Float32Array (count x size), size, y: Float32Array | null }
// Messages out: { id, error } | { id, values: Float32Array, width }

let runtime = null;
let session = null;

async function inflated(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  const stream = response.body.pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function started(base) {
  const [ort, wasm] = await Promise.all([
    import(`${base}/ort.wasm.min.mjs`),
    inflated(`${base}/ort-wasm-simd-threaded.wasm.gz`),
  ]);
  ort.env.wasm.numThreads = 1; // pages of Streamlit are not isolated: no shared memory
  ort.env.wasm.wasmBinary = wasm;
  ort.env.wasm.wasmPaths = { mjs: `${base}/ort-wasm-simd-threaded.mjs` };
  ort.env.logLevel = "error";
  return ort;
}

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return response.arrayBuffer();
}

async function load({ runtime: base, decoder }) {
  runtime ??= started(base);
  const [ort, graph] = await Promise.all([runtime, fetched(decoder)]);
  const previous = session;
  session = await ort.InferenceSession.create(new Uint8Array(graph));
  await previous?.release();
  return {};
}

async function decode({ z, size, y }) {
  const { Tensor } = await runtime;
  const count = z.length / size;
  const feeds = { z: new Tensor("float32", z, [count, size]) };
  if (y) feeds.y = new Tensor("float32", y, [count, y.length / count]);
  const { x } = await session.run(feeds);
  const values = Float32Array.from(x.data);
  return { values, width: values.length / count };
}

// One at a time, in order: a session may not be run twice at once.
let turn = Promise.resolve();
self.onmessage = ({ data }) => {
  const work = data.type === "load" ? load : decode;
  turn = turn
    .then(() => work(data))
    .then((answer) => self.postMessage({ id: data.id, ...answer }, transfers(answer)))
    .catch((error) => self.postMessage({ id: data.id, error: String(error?.message ?? error) }));
};

function transfers({ values }) {
  return values ? [values.buffer] : [];
}
