// An engine away from the page: long work in it stops no gesture.
//
// In:  { id, method: "load" | "decode", values: its arguments }, after a first { runtime }
// Out: { id, result } | { id, error }

import { Engine } from "./engine.js";

let engine = null;

self.onmessage = async ({ data: { runtime, id, method, values } }) => {
  if (runtime) {
    engine = new Engine(runtime);
    return;
  }
  try {
    const result = await engine[method](...values);
    self.postMessage({ id, result }, result ? [result.values.buffer] : []);
  } catch (error) {
    self.postMessage({ id, error: String(error?.message ?? error) });
  }
};
