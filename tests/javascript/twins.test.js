// What the browser computes as Python does, on the same cases; `test_twins.py` is the other half.

import assert from "node:assert/strict";
import test from "node:test";
import { divergence, reconstruction } from "../../latent_plane/frontend/pad/elbo.js";
import { RECIPES } from "../../latent_plane/frontend/pad/preprocess.js";
import { Latent } from "../../latent_plane/frontend/plane/latent.js";
import { bytes } from "../../latent_plane/frontend/shared/encoding.js";
import { above, quantile } from "../../latent_plane/frontend/threshold/counts.js";
import { cases } from "./cases.js";

function close(found, wanted, { relative = 0, absolute = 0 }, what) {
  const off = Math.abs(found - wanted);
  assert.ok(off <= absolute + relative * Math.abs(wanted), `${what}: ${found}, not ${wanted}`);
}

for (const { name, width, height, ink, pictures } of cases("preprocess")) {
  test(`ink becomes the same picture: ${name}`, () => {
    const drawn = { values: bytes(ink), width, height };
    for (const { recipe, picture, ...output } of pictures) {
      const made = RECIPES[recipe](drawn, output);
      assert.equal(made === null, picture === null);
      const wanted = bytes(picture ?? "");
      assert.equal(made?.length ?? 0, wanted.length);
      // A mean that lies between two greys may be rounded either way.
      const off = Array.from(wanted, (grey, i) => Math.abs(grey - made[i]));
      assert.ok(
        off.every((one) => one <= 1),
        `${recipe}: ${Math.max(...off)} greys off`,
      );
      assert.ok(off.filter(Boolean).length <= 0.01 * wanted.length, `${recipe}: too often`);
    }
  });
}

for (const { name, x, decoded, mean, logVar, ...wanted } of cases("elbo")) {
  test(`both terms of the ELBO have the same nats: ${name}`, () => {
    const nats = reconstruction(Float32Array.from(x), Float32Array.from(decoded));
    close(nats, wanted.reconstruction, { relative: 1e-6, absolute: 1e-6 }, "reconstruction");
    const kl = divergence(Float32Array.from(mean), Float32Array.from(logVar));
    close(kl, wanted.kl, { relative: 1e-9 }, "KL");
  });
}

for (const { name, scores, limits } of cases("threshold")) {
  test(`a quantile is the same threshold: ${name}`, () => {
    const sorted = Float32Array.from(scores);
    for (const limit of limits) {
      const found = quantile(sorted, limit.thousandths);
      assert.equal(found, Math.fround(limit.threshold));
      assert.equal(above(sorted, found), limit.above);
    }
  });
}

for (const { name, mean, logVar, origin, basis, sigmas, centre, covariance } of cases("ellipse")) {
  test(`an ellipse is the contour of the same Gaussian: ${name}`, () => {
    const latent = new Latent({ origin, basis, names: ["u", "v"] });
    const outline = latent.ellipse(mean, logVar, sigmas);
    const [uu, uv, vv] = covariance;
    const away = outline.map(([u, v]) => [u - centre[0], v - centre[1]]);
    for (const axis of [0, 1]) {
      const ends = away.map((point) => point[axis]);
      const reach = sigmas * Math.sqrt([uu, vv][axis]);
      close(Math.max(...ends), reach, { relative: 5e-3, absolute: 1e-6 }, "reach");
      close(Math.min(...ends), -reach, { relative: 5e-3, absolute: 1e-6 }, "reach");
    }
    if (vv === 0) return; // one dimension: a line
    const tilt = uv / Math.sqrt(uu * vv);
    for (const [du, dv] of away) {
      const [u, v] = [du / Math.sqrt(uu), dv / Math.sqrt(vv)];
      const radius = Math.sqrt((u * u - 2 * tilt * u * v + v * v) / (1 - tilt * tilt));
      close(radius, sigmas, { relative: 1e-4 }, "radius");
    }
  });
}
