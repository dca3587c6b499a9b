import assert from "node:assert/strict";
import test from "node:test";
import { described, Latent, same } from "../../latent_plane/frontend/plane/latent.js";

const NAMES = ["PC 1", "PC 2"];
const r = Math.SQRT1_2;
const TILTED = {
  origin: [1, 0, -1],
  basis: [
    [r, r, 0],
    [0, 0, 1],
  ],
  names: NAMES,
};

test("moving on the plane ends where it should and leaves alone what lies off it", () => {
  const latent = new Latent(TILTED);
  const z = Float32Array.of(3, -2, 0.5);
  const moved = latent.moved(z, [0.25, -0.75]);
  const [u, v] = latent.project(moved);
  assert.ok(Math.abs(u - 0.25) < 1e-6 && Math.abs(v + 0.75) < 1e-6);
  const off = (point) => r * point[0] - r * point[1];
  assert.ok(Math.abs(off(moved) - off(z)) < 1e-6);
});

test("to where it is is no move", () => {
  const latent = new Latent(TILTED);
  const z = Float32Array.of(3, -2, 0.5);
  assert.deepEqual(latent.moved(z, latent.project(z)), z);
});

test("nobody gets further out than an address says", () => {
  const plane = new Latent({
    origin: [0, 0],
    basis: [
      [1, 0],
      [0, 1],
    ],
    names: ["z1", "z2"],
  });
  assert.deepEqual([...plane.moved(Float32Array.of(0, 0), [-3e7, 5])], [-1e6, 5]);
});

test("with one dimension the plane is flat", () => {
  const line = new Latent({ origin: [0], basis: [[1], [0]], names: ["z1", ""] });
  assert.ok(line.flat);
  assert.ok(!new Latent(TILTED).flat);
  assert.deepEqual([...line.moved(Float32Array.of(1), [2, 99])], [2]);
});

test("points are written out up to four dimensions, then by the plane", () => {
  const latent = new Latent(TILTED);
  assert.equal(described(Float32Array.of(1, -2, 0), latent), "z = (1.00, −2.00, 0.00)");
  const five = new Latent({
    origin: [0, 0, 0, 0, 0],
    basis: [
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0, 1],
    ],
    names: ["z2", "z5"],
  });
  assert.equal(described(Float32Array.of(9, 1, 9, 9, -2), five), "z2 = 1.00, z5 = −2.00");
});

test("the same is the same length and the same numbers", () => {
  assert.ok(same(Float32Array.of(1, 2), Float32Array.of(1, 2)));
  assert.ok(!same(Float32Array.of(1, 2), Float32Array.of(1, 3)));
  assert.ok(!same(Float32Array.of(1), Float32Array.of(1, 3)));
});
