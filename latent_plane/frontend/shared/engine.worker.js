// An engine away from the page: long work in it stops no gesture.

import { failureKind } from "./download.js";
import { Engine } from "./engine.js";

/** @import { WorkerAnswer, WorkerCall } from "./onnxruntime_types.d.ts" */

/** @type {Engine | null} */
let engine = null;

self.onmessage = async (/** @type {MessageEvent<WorkerCall>} */ { data }) => {
  const { id } = data;
  try {
    const result = await answer(data);
    tell({ id, result }, result ? [result.values.buffer] : []);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ id, error: { message, kind: failureKind(error) } });
  }
};

/** @param {WorkerCall} call */
async function answer(call) {
  if (call.method === "start") engine = new Engine(...call.values);
  if (!engine) throw new Error("the engine was not started");
  if (call.method === "decode") return engine.decode(...call.values);
  if (call.method === "load") await engine.load(...call.values);
  return undefined;
}

/**
 * @param {WorkerAnswer} answer
 * @param {Transferable[]} [moved]
 */
function tell(answer, moved = []) {
  self.postMessage(answer, { transfer: moved });
}
