import assert from "node:assert/strict";
import test from "node:test";
import { LatestOnly } from "../../latent_plane/frontend/shared/latest_only.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

// Frames come when the test says so, and decodes end when it says so.
function stage() {
  const frames = [];
  globalThis.requestAnimationFrame = (callback) => frames.push(callback);
  const [decodes, painted] = [[], []];
  const stream = new LatestOnly(
    (wish) => new Promise((resolve, reject) => decodes.push({ wish, resolve, reject })),
    (answer, wish) => painted.push([answer, wish]),
  );
  const frame = () => {
    for (const callback of frames.splice(0)) callback();
    return settled();
  };
  return { stream, frames, decodes, painted, frame };
}

test("one frame decodes the newest of many wishes", async () => {
  const { stream, frames, decodes, painted, frame } = stage();
  for (const wish of [1, 2, 3]) stream.want(wish);
  assert.equal(frames.length, 1);
  await frame();
  assert.deepEqual(
    decodes.map(({ wish }) => wish),
    [3],
  );
  decodes[0].resolve("three");
  await settled();
  assert.deepEqual(painted, [["three", 3]]);
  assert.equal(frames.length, 0);
});

test("never two at once; what is wished meanwhile comes next, its newest alone", async () => {
  const { stream, decodes, painted, frame } = stage();
  stream.want("a");
  await frame();
  stream.want("b");
  stream.want("c");
  await frame();
  assert.equal(decodes.length, 1);
  decodes[0].resolve("A");
  await settled();
  await frame();
  decodes[1].resolve("C");
  await settled();
  assert.deepEqual(painted, [
    ["A", "a"],
    ["C", "c"],
  ]);
});

test("a decode that fails paints nothing and holds nobody up", async () => {
  const { stream, decodes, painted, frame } = stage();
  stream.want(1);
  await frame();
  stream.want(2);
  decodes[0].reject(new Error("another decoder"));
  await settled();
  await frame();
  decodes[1].resolve("two");
  await settled();
  assert.deepEqual(painted, [["two", 2]]);
});

test("what was forgotten is not decoded", async () => {
  const { stream, decodes, frame } = stage();
  stream.want(1);
  stream.forget();
  await frame();
  assert.equal(decodes.length, 0);
});
