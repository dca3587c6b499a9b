// One ring and one lasso for all planes: linked through the example, not through z.

import assert from "node:assert/strict";
import test from "node:test";
import { LinkedPlanes } from "../../latent_plane/frontend/comparison/linked_planes.js";
import { NumbersByExample } from "../../latent_plane/frontend/comparison/numbers_by_example.js";
import { packBytes } from "../../latent_plane/frontend/shared/encoding.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const floats = (...values) => packBytes(new Uint8Array(Float32Array.from(values).buffer));

/** A plane of a model that has its code of an example at (example, factor * example). */
function plane(factor) {
  const cell = {
    pinned: null,
    looked: null,
    asked: [],
    painted: [],
    ready: true,
    map: { rows: new Set(), mark: (rows) => (cell.map.rows = rows) },
    codeOf: (example) => Float32Array.of(example, factor * example),
    at: ([u, v]) => Float32Array.of(u, v),
    pin: (z) => Object.assign(cell, { pinned: z, looked: null }),
    look: (z) => Object.assign(cell, { looked: z }),
    decode: async (z, label) => {
      cell.asked.push([...z, label]);
      return { values: z, width: 2 };
    },
    paint: (values) => cell.painted.push([...values]),
  };
  return cell;
}

async function linked() {
  const frames = [];
  globalThis.requestAnimationFrame = (callback) => frames.push(callback);
  globalThis.document = { baseURI: "http://here/" };
  const content = { rows: [10, 11, 12], labels: [7, 7, 2], names: [..."0123456789"] };
  globalThis.fetch = async () => ({ ok: true, status: 200, json: async () => content });
  const host = {
    dataset: {},
    replaceChildren() {},
    toggleAttribute() {},
    removeAttribute() {},
  };
  const state = { examples: "examples", originals: null, original: null, at: 0, selected: "" };
  const output = { kind: "table", bars: [] };
  const cells = [plane(2), plane(-1)];
  const [said, counted] = [[], []];
  const planes = new LinkedPlanes(
    { ...state, output },
    cells,
    host,
    { count: (wish) => counted.push(wish) },
    { say: (words) => said.push(words), chosen() {} },
  );
  for (let turn = 0; turn < 5; turn++) await settled();
  const frame = async () => {
    for (const callback of frames.splice(0)) callback();
    for (let turn = 0; turn < 5; turn++) await settled();
  };
  return { planes, cells, frame, said, counted };
}

test("an example is shown by each plane at its own code, and decoded by all in one frame", async () => {
  const { planes, cells, frame, said, counted } = await linked();
  planes.pin(2, 0);
  await frame();
  assert.deepEqual([...cells[0].pinned], [2, 4]);
  assert.deepEqual([...cells[1].pinned], [2, -2]);
  assert.deepEqual(cells[0].painted, [[2, 4]]);
  assert.deepEqual(cells[1].painted, [[2, -2]]);
  assert.deepEqual(cells[1].asked, [[2, -2, 2]]);
  assert.equal(counted.length, 1);
  assert.equal(said.at(-1), "Example 12, labelled 2");
});

test("a look moves no ring, and going back shows what they stand on", async () => {
  const { planes, cells, frame } = await linked();
  planes.pin(1, 0);
  await frame();
  planes.look(2, 0);
  await frame();
  assert.deepEqual([...cells[0].pinned], [1, 2]);
  assert.deepEqual([...cells[0].looked], [2, 4]);
  planes.back();
  await frame();
  assert.equal(cells[0].looked, null);
  assert.deepEqual(cells[0].painted.at(-1), [1, 2]);
});

test("between examples only the plane under the pointer decodes the place itself", async () => {
  const { planes, cells, frame } = await linked();
  planes.pin(1, 0, { cell: cells[1], place: [0.25, 0.75] });
  await frame();
  assert.deepEqual([...cells[0].pinned], [1, 2]);
  assert.deepEqual([...cells[1].pinned], [0.25, 0.75]);
});

test("a lasso marks the same examples in all planes", async () => {
  const { planes, cells } = await linked();
  planes.selection.choose(new Set([0, 2]), cells[0].map);
  for (const { map } of cells) assert.deepEqual([...map.rows], [0, 2]);
  assert.equal(planes.selected, packBytes(Uint8Array.of(0b10100000)));
});

test("numbers of an example, of bytes over their maximum or as they are", () => {
  const bytes = packBytes(Uint8Array.of(0, 16, 8, 4));
  assert.deepEqual([...new NumbersByExample({ size: 2, maximum: 16, bytes }).of(1)], [0.5, 0.25]);
  const plain = new NumbersByExample({ size: 1, maximum: 1, floats: floats(1.5, -2) });
  assert.deepEqual([...plain.of(1)], [-2]);
});
