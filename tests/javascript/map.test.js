// The arithmetic of what is drawn: examples that move, cells, paths, frames, colours.

import assert from "node:assert/strict";
import test from "node:test";
import { signed } from "../../latent_plane/frontend/pad/pictures.js";
import { median, moved } from "../../latent_plane/frontend/plane/example_points.js";
import { middle, outward } from "../../latent_plane/frontend/plane/manifold.js";
import { between } from "../../latent_plane/frontend/plane/paths.js";
import { stride } from "../../latent_plane/frontend/plane/pointer_surface.js";
import { belongs } from "../../latent_plane/frontend/plane/posterior_overlay.js";
import { rgba } from "../../latent_plane/frontend/shared/painter.js";
import { withoutWebgl } from "../../latent_plane/frontend/shared/webgl_fallback.js";
import { sampled } from "../../latent_plane/frontend/strips/strips.js";
import { rates } from "../../latent_plane/frontend/threshold/counts.js";

test("examples go to their rows' places, names to the medians of their class", () => {
  const traces = [
    { meta: { overlay: "prior" } },
    { meta: { overlay: "points" }, customdata: [2, 0, 1], y: [0, 0, 0], legendgroup: "a" },
    { meta: { overlay: "labels" }, y: [0], legendgroup: "a" },
    { meta: { overlay: "labels" }, y: [0], legendgroup: "without examples" },
  ];
  const points = { width: 2, values: Float32Array.of(10, 1, 20, 2, 40, 4) };
  assert.deepEqual(moved(traces, points), [
    { trace: 1, x: [40, 10, 20], y: [4, 1, 2] },
    { trace: 2, x: [20], y: [2] },
  ]);
  const line = { width: 1, values: Float32Array.of(10, 20, 40) };
  assert.deepEqual(moved(traces.slice(1, 2), line), [{ trace: 0, x: [40, 10, 20], y: [0, 0, 0] }]);
});

test("the median of an even number is in the middle of the two", () => {
  assert.equal(median([5]), 5);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([1, 10, 2, 4]), 3);
});

test("each cell is decoded once, the middle first, and the first row is at the top", () => {
  const cells = outward(5, 3);
  assert.deepEqual(
    cells.toSorted((a, b) => a - b),
    [...Array(15).keys()],
  );
  assert.equal(cells[0], 7);
  assert.deepEqual(
    middle(0, 5, 3, [
      [0, 10],
      [0, 6],
    ]),
    [1, 5],
  );
  assert.deepEqual(
    middle(14, 5, 3, [
      [0, 10],
      [0, 6],
    ]),
    [9, 1],
  );
});

test("a moment on a path lies between two of its points", () => {
  const points = [
    [0, 0],
    [2, 4],
    [10, 4],
  ];
  assert.deepEqual(between(points, 0), [0, 0]);
  assert.deepEqual(between(points, 0.25), [1, 2]);
  assert.deepEqual(between(points, 0.75), [6, 4]);
  assert.deepEqual(between(points, 1), [10, 4]);
  assert.deepEqual(between([[3, 5]], 0.6), [3, 5]);
});

test("arrow keys make steps, bigger with Shift, and leave the browser its own", () => {
  assert.deepEqual(stride({ key: "ArrowUp" }), [0, 0.02]);
  assert.deepEqual(stride({ key: "ArrowLeft", shiftKey: true }), [-0.1, 0]);
  assert.equal(stride({ key: "ArrowLeft", altKey: true }), null);
  assert.equal(stride({ key: "a" }), null);
});

test("a posterior belongs to a space of its size", () => {
  const posterior = { mean: Float32Array.of(0, 0), logVar: Float32Array.of(0, 0), label: null };
  assert.ok(belongs(posterior, { size: 2 }));
  assert.ok(!belongs(posterior, { size: 3 }));
  assert.ok(!belongs(null, { size: 2 }));
});

test("one or three channels become RGBA, and what is outside [0, 1] is cut off", () => {
  const grey = rgba(Float32Array.of(0, 0.5, 2), 1, new Uint8ClampedArray(12));
  assert.deepEqual([...grey], [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
  const colour = rgba(Float32Array.of(0, 0.2, 1), 3, new Uint8ClampedArray(4));
  assert.deepEqual([...colour], [0, 51, 255, 255]);
});

test("too little ink is blue, too much red, none neutral", () => {
  const pixels = new Uint8ClampedArray(12);
  signed(Float32Array.of(1, 0, 0.5), Float32Array.of(0, 1, 0.5), pixels);
  assert.deepEqual([...pixels], [33, 102, 172, 255, 178, 24, 43, 255, 247, 247, 247, 255]);
});

test("thumbnails are spread evenly, with both ends", () => {
  assert.deepEqual(sampled(0, 5), []);
  assert.deepEqual(sampled(1, 5), [0]);
  assert.deepEqual(sampled(3, 5), [0, 1, 2]);
  assert.deepEqual(sampled(61, 3), [0, 30, 60]);
});

test("precision is 1 where nothing is called anomalous", () => {
  assert.deepEqual(rates(0, 10, 0, 5), { falseAlarms: 0, recall: 0, precision: 1 });
  assert.deepEqual(rates(1, 10, 3, 5), { falseAlarms: 0.1, recall: 0.6, precision: 0.75 });
});

test("without WebGL a matrix has the panels below its diagonal, and points are SVG", () => {
  const dimensions = ["a", "b", "c"].map((label, i) => ({ label, values: [i] }));
  const { data, layout } = withoutWebgl({
    data: [{ type: "splom", dimensions }, { type: "scattergl", x: [1] }, { type: "heatmap" }],
    layout: { xaxis: { title: { text: "old" } } },
  });
  assert.deepEqual(
    data.map(({ type, xaxis, yaxis }) => [type, xaxis, yaxis]),
    [
      ["scatter", "x", "y2"],
      ["scatter", "x", "y3"],
      ["scatter", "x2", "y3"],
      ["scatter", undefined, undefined],
      ["heatmap", undefined, undefined],
    ],
  );
  assert.deepEqual(layout.xaxis, { domain: [0, 0.46], title: { text: "a" } });
  assert.deepEqual(layout.yaxis3.domain, [0, 0.46]);
});
