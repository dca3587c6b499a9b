import assert from "node:assert/strict";
import { test } from "node:test";
import { written } from "../../latent_plane/frontend/shared/numbers.js";

test("a minus is a minus sign, and no zero has one", () => {
  assert.equal(written(-0.5, 2), "−0.50");
  assert.equal(written(-0.004, 2), "0.00");
  assert.equal(written(1.005, 2), "1.00");
  assert.equal(written(-130.87, 1), "−130.9");
});
