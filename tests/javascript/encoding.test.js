import assert from "node:assert/strict";
import test from "node:test";
import {
  bytes,
  floats,
  packBytes,
  packRows,
  unpackRows,
} from "../../latent_plane/frontend/shared/encoding.js";

test("bytes come back, also more of them than a call may have arguments", () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 300_000]) {
    const values = Uint8Array.from({ length }, (_, i) => (i * 7919) & 255);
    assert.deepEqual(bytes(packBytes(values)), values);
  }
});

test("floats are little-endian and exact", () => {
  const values = Float32Array.of(0, -0, 1.5, -2e-38, 3.4e38, Number.NaN, Number.POSITIVE_INFINITY);
  const text = Buffer.from(values.buffer).toString("base64");
  assert.deepEqual(floats(text), values);
  assert.deepEqual(floats("AACAPw=="), Float32Array.of(1));
});

test("rows are bits, the first in the highest bit of the first byte", () => {
  assert.equal(packRows([]), "");
  assert.deepEqual([...bytes(packRows([0]))], [0b10000000]);
  assert.deepEqual([...bytes(packRows([7, 8]))], [0b00000001, 0b10000000]);
  assert.deepEqual(unpackRows(""), []);
});

test("rows come back in order, whatever order they were in", () => {
  for (const rows of [
    [5],
    [3, 1, 2],
    [0, 8, 16, 69_999],
    Array.from({ length: 999 }, (_, i) => i),
  ]) {
    assert.deepEqual(
      unpackRows(packRows(rows)),
      rows.toSorted((a, b) => a - b),
    );
  }
});
