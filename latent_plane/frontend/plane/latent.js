// The point that is shown, and the plane on which the pointer moves it.

import { written } from "../shared/numbers.js";

/** @import { PlaneData } from "../shared/messages.d.ts" */
/** @import { Point } from "../shared/plotly_types.d.ts" */

const CORNERS = 64;
const LARGEST = 1e6; // as far out as addresses and the server go

export class Latent {
  /** @type {[string, string]} */
  names;
  /** @type {Float64Array} */
  #origin;
  /** @type {Float64Array[]} */
  #basis;

  /** @param {PlaneData} plane */
  constructor({ origin, basis, names }) {
    this.names = names;
    this.#origin = Float64Array.from(origin);
    this.#basis = basis.map((row) => Float64Array.from(row));
  }

  get size() {
    return this.#origin.length;
  }

  /** With one latent dimension the second axis of the map means nothing. */
  get flat() {
    return this.#basis[1].every((value) => value === 0);
  }

  /**
   * Where z lies on the plane.
   * @param {ArrayLike<number>} z
   * @returns {Point}
   */
  project(z) {
    return [this.#along(0, z), this.#along(1, z)];
  }

  /**
   * z moved on the plane to (u, v), at most to its end; what lies off the plane holds still.
   * @param {Float32Array} z
   * @param {Point} place
   */
  moved(z, [u, v]) {
    const [u0, v0] = this.project(z);
    const [first, second] = this.#basis;
    return Float32Array.from(z, (value, i) => {
      const there = value + (u - u0) * first[i] + (v - v0) * second[i];
      return Math.min(Math.max(there, -LARGEST), LARGEST);
    });
  }

  /**
   * Outline of a diagonal Gaussian's `sigmas` contour: that of the marginal on the plane, whose
   * covariance is basis · diag(exp(logVar)) · basisᵀ. Its Cholesky factor maps the circle to it.
   * @param {ArrayLike<number>} mean
   * @param {ArrayLike<number>} logVar
   * @param {number} sigmas
   * @returns {Point[]}
   */
  ellipse(mean, logVar, sigmas) {
    const [first, second] = this.#basis;
    const product = (/** @type {Float64Array} */ a, /** @type {Float64Array} */ b) =>
      a.reduce((sum, x, i) => sum + x * b[i] * Math.exp(logVar[i]), 0);
    const wide = Math.sqrt(product(first, first));
    const tilt = product(first, second) / wide;
    const high = Math.sqrt(Math.max(0, product(second, second) - tilt * tilt));
    const [u, v] = this.project(mean);
    return Array.from({ length: CORNERS }, (_, k) => {
      const angle = (2 * Math.PI * k) / CORNERS;
      const [x, y] = [sigmas * Math.cos(angle), sigmas * Math.sin(angle)];
      return [u + wide * x, v + tilt * x + high * y];
    });
  }

  /**
   * @param {0 | 1} axis
   * @param {ArrayLike<number>} z
   */
  #along(axis, z) {
    const origin = this.#origin;
    return this.#basis[axis].reduce((sum, b, i) => sum + b * (z[i] - origin[i]), 0);
  }
}

/**
 * "z = (1.24, −0.50)"; in more than four dimensions the two coordinates on the plane.
 * @param {Float32Array} z
 * @param {Latent} latent
 */
export function described(z, latent) {
  if (z.length <= 4) return `z = (${Array.from(z, (value) => written(value, 2)).join(", ")})`;
  const [u, v] = latent.project(z);
  return `${latent.names[0]} = ${written(u, 2)}, ${latent.names[1]} = ${written(v, 2)}`;
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export function same(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
