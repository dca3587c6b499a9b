// What a decoder's parameters say of a column of a table.

import assert from "node:assert/strict";
import test from "node:test";

import { cellText, plausible, sharesOf } from "../../latent_plane/frontend/shared/columns.js";

/** @import { Bar } from "../../latent_plane/frontend/shared/messages.d.ts" */

/**
 * @param {Partial<Bar>} given
 * @returns {Bar}
 */
function bar(given) {
  return {
    name: "x",
    unit: "",
    low: 0,
    high: 1,
    column: 0,
    start: 0,
    width: 1,
    kind: "real",
    categories: [],
    offset: 0,
    since: "",
    whole: false,
    counts: [],
    ...given,
  };
}

const parameters = Float32Array.of(9, 0.2, 0.35, 0.45, 0.6);
const places = bar({ kind: "categorical", categories: ["a", "b", "c"], start: 1, width: 3 });

test("a category is the most probable one", () => {
  assert.equal(plausible(places, parameters), 2);
  assert.deepEqual(
    sharesOf(places, parameters).map((share) => share.toFixed(2)),
    ["0.20", "0.35", "0.45"],
  );
});

test("of categories in order the one in the middle counts", () => {
  assert.equal(plausible({ ...places, kind: "ordinal" }, parameters), 1);
});

test("one probability decides between two categories", () => {
  const sex = bar({ kind: "binary", categories: ["female", "male"], start: 4 });
  assert.equal(plausible(sex, parameters), 1);
  assert.deepEqual(
    sharesOf(sex, parameters).map((share) => share.toFixed(1)),
    ["0.4", "0.6"],
  );
});

test("a number is shifted back, and has its unit", () => {
  const mass = bar({ unit: "g", offset: 4000, whole: true });
  assert.equal(cellText(mass, plausible(mass, parameters)), "4009 g");
  assert.equal(cellText(bar({ unit: "mm" }), -12.345), "−12.35 mm");
});

test("dates are dates", () => {
  assert.equal(cellText(bar({ since: "2020-01-01", unit: "days" }), 31), "2020-02-01");
  assert.equal(
    cellText(bar({ since: "2020-01-01T00:00:00", unit: "s" }), 3661),
    "2020-01-01 01:01:01",
  );
  assert.equal(cellText(bar({ since: "2020-01-01", unit: "days" }), 1e12), "1000000000000");
});
