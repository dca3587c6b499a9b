// onnxruntime-web, as far as we use it.

import type { FailureKind } from "./download.js";

export interface OnnxTensor {
  data: Float32Array;
  dispose(): void;
}

export interface OnnxSession {
  run(feeds: Record<string, OnnxTensor>): Promise<Record<string, OnnxTensor>>;
  release(): Promise<void>;
}

export interface OnnxRuntime {
  env: {
    logLevel: string;
    wasm: { numThreads: number; wasmBinary: ArrayBuffer; wasmPaths: { mjs: string } };
  };
  InferenceSession: { create(graph: Uint8Array): Promise<OnnxSession> };
  Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OnnxTensor;
}

/** By name: the values of an input, and their shape. */
export type Feeds = Record<string, [values: Float32Array, shape: readonly number[]]>;

/** Answers to n points: `values` (n, width). */
export interface Decoded {
  values: Float32Array;
  width: number;
}

/** What a decoder needs of an engine; one may live in a worker. */
export interface DecodingEngine {
  load(url: string): Promise<void>;
  /** z: points of `size` numbers, one after the other; y: their conditions, one-hot, or null. */
  decode(z: Float32Array, size: number, y: Float32Array | null): Promise<Decoded>;
  close(): void;
}

/** To the worker: start an engine, with the runtime's address, or call a method of it. */
export type WorkerCall =
  | { id: number; method: "start"; values: [runtime: string] }
  | { id: number; method: "load"; values: [url: string] }
  | { id: number; method: "decode"; values: [Float32Array, number, Float32Array | null] };

/** From the worker: the answer to the call `id`, or why there is none. */
export interface WorkerAnswer {
  id: number;
  result?: Decoded;
  error?: { message: string; kind: FailureKind };
}
