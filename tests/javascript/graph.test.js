import assert from "node:assert/strict";
import test from "node:test";
import { Decoder } from "../../latent_plane/frontend/shared/graph.js";

function engine() {
  const loads = [];
  const load = (url) => new Promise((resolve, reject) => loads.push({ url, resolve, reject }));
  return { loads, load, decode: async (z, size, y) => ({ z, size, y }), close() {} };
}

async function opened(classes) {
  const own = engine();
  const decoder = new Decoder(own);
  const ready = decoder.open("a", classes);
  own.loads[0].resolve();
  await ready;
  return decoder;
}

test("labels are one-hot, one for all points or one for each; none counts as the first", async () => {
  const decoder = await opened(3);
  const y = async (label) => Array.from((await decoder.decode(new Float32Array(4), 2, label)).y);
  assert.deepEqual(await y(2), [0, 0, 1, 0, 0, 1]);
  assert.deepEqual(await y([0, 1]), [1, 0, 0, 0, 1, 0]);
  assert.deepEqual(await y(null), [1, 0, 0, 1, 0, 0]);
});

test("without classes there is no condition", async () => {
  const decoder = await opened(0);
  assert.equal((await decoder.decode(new Float32Array(2), 2, 1)).y, null);
});

test("only the graph that was opened last counts", async () => {
  const own = engine();
  const decoder = new Decoder(own);
  const [first, second] = [decoder.open("a", 0), decoder.open("b", 0)];
  own.loads[1].resolve();
  assert.equal(await second, true);
  own.loads[0].reject(new Error("late"));
  assert.equal(await first, false);
  assert.equal(decoder.failure, null);
  assert.ok(decoder.ready);
});

test("why a graph did not open is known until another one is opened", async () => {
  const own = engine();
  const decoder = new Decoder(own);
  const first = decoder.open("a", 0);
  const reason = new RangeError("no memory");
  own.loads[0].reject(reason);
  assert.equal(await first, false);
  assert.equal(decoder.failure, reason);
  const second = decoder.open("b", 0);
  assert.equal(decoder.failure, null);
  own.loads[1].resolve();
  assert.equal(await second, true);
});

test("after its end a graph is not ready any more", async () => {
  const own = engine();
  const decoder = new Decoder(own);
  const coming = decoder.open("a", 0);
  decoder.close();
  own.loads[0].resolve();
  assert.equal(await coming, false);
  assert.ok(!decoder.ready);
});
