import assert from "node:assert/strict";
import test from "node:test";
import { downloadBytes } from "../../latent_plane/frontend/shared/download.js";
import {
  arrived,
  begun,
  coming,
  ended,
  onProgress,
} from "../../latent_plane/frontend/shared/progress.js";

test("what has come stays in the sum until all has come", () => {
  begun("a", 100);
  begun("b", 300);
  arrived("a", 0.5);
  assert.deepEqual(coming(), { done: 50, total: 400 });
  ended("a");
  arrived("b", 0.25);
  assert.deepEqual(coming(), { done: 175, total: 400 });
  ended("b");
  assert.equal(coming(), null);
});

test("a download tells how far it is, in bytes over the network, and ends though it breaks off", async () => {
  const seen = [];
  const leave = onProgress(() => seen.push(coming()?.done ?? null));
  const headers = { "content-length": "10", "x-plain-length": "4" };
  const body = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(Uint8Array.of(1));
        controller.enqueue(Uint8Array.of(2, 3, 4));
        controller.close();
      },
    });
  globalThis.fetch = async () => new Response(body(), { headers });
  assert.deepEqual([...new Uint8Array(await downloadBytes("x"))], [1, 2, 3, 4]);
  assert.deepEqual([...new Set(seen)], [0, 2.5, 10, null]);
  globalThis.fetch = async () => new Response("gone", { status: 404, headers });
  await assert.rejects(downloadBytes("y"), { name: "FileMissing" });
  assert.equal(coming(), null);
  leave();
});
