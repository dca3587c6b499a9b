// A line drawn around examples. Our own, because Plotly looks at every point on every move.

/** @import { Point } from "../shared/plotly_types.d.ts" */

const NEAREST = 3; // pixels between two corners

export class Lasso {
  /** @type {Element} */
  #polygon;
  /** @type {Point[]} */
  #corners = [];

  /** @param {Element} polygon of an SVG */
  constructor(polygon) {
    this.#polygon = polygon;
  }

  /** @param {Point} pixel from the host's corner */
  add([x, y]) {
    const [px, py] = this.#corners.at(-1) ?? [Infinity, Infinity];
    if (Math.hypot(x - px, y - py) < NEAREST) return;
    this.#corners.push([x, y]);
    this.#polygon.setAttribute("points", this.#corners.join(" "));
  }

  /** The corners, and an end of the drawing; empty when it encloses nothing. */
  close() {
    const corners = this.#corners;
    this.#corners = [];
    this.#polygon.setAttribute("points", "");
    return corners.length > 2 ? corners : [];
  }
}

/**
 * Whether (x, y) is inside, by the parity of the edges that a ray to the right crosses.
 * @param {Point[]} corners
 * @param {number} x
 * @param {number} y
 */
export function within(corners, x, y) {
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [xi, yi] = corners[i];
    const [xj, yj] = corners[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
