import assert from "node:assert/strict";
import test from "node:test";
import { Lasso, within } from "../../latent_plane/frontend/plane/lasso.js";

const SQUARE = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];
const HORSESHOE = [
  [0, 0],
  [6, 0],
  [6, 6],
  [4, 6],
  [4, 2],
  [2, 2],
  [2, 6],
  [0, 6],
];

function drawn() {
  const polygon = { points: "", setAttribute: (_, text) => (polygon.points = text) };
  return { polygon, lasso: new Lasso(polygon) };
}

test("inside is inside, whichever way round the corners go", () => {
  for (const corners of [SQUARE, SQUARE.toReversed()]) {
    assert.ok(within(corners, 2, 2));
    assert.ok(within(corners, 0.01, 3.99));
    for (const [x, y] of [
      [-1, 2],
      [5, 2],
      [2, -1],
      [2, 5],
    ])
      assert.ok(!within(corners, x, y));
  }
});

test("a hollow is outside", () => {
  assert.ok(within(HORSESHOE, 1, 5));
  assert.ok(within(HORSESHOE, 5, 5));
  assert.ok(!within(HORSESHOE, 3, 5));
  assert.ok(within(HORSESHOE, 3, 1));
});

test("each point belongs to one of two areas that share an edge", () => {
  const right = SQUARE.map(([x, y]) => [x + 4, y]);
  for (const y of [0.5, 1, 2, 3.999]) {
    assert.equal(Number(within(SQUARE, 4, y)) + Number(within(right, 4, y)), 1);
  }
});

test("nothing is inside of nothing", () => {
  assert.ok(!within([], 0, 0));
  assert.ok(!within([[0, 0]], 0, 0));
  assert.ok(
    !within(
      [
        [0, 0],
        [1, 1],
      ],
      0.5,
      0.5,
    ),
  );
});

test("a drawing skips corners that are too near, and ends empty", () => {
  const { polygon, lasso } = drawn();
  for (const corner of [
    [0, 0],
    [1, 1],
    [10, 0],
    [10, 10],
    [10, 11],
  ])
    lasso.add(corner);
  assert.equal(polygon.points, "0,0 10,0 10,10");
  assert.deepEqual(lasso.close(), [
    [0, 0],
    [10, 0],
    [10, 10],
  ]);
  assert.equal(polygon.points, "");
  assert.deepEqual(lasso.close(), []);
});

test("a line encloses nothing", () => {
  const { lasso } = drawn();
  lasso.add([0, 0]);
  lasso.add([50, 0]);
  assert.deepEqual(lasso.close(), []);
});
