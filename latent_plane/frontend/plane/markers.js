// Over the map, moved without Plotly: where z is pinned, where the pointer looks, and the posterior
// that another component shows here.

import { query } from "../shared/dom.js";

/** @import { Frame, Point } from "../shared/plotly_types.d.ts" */

export class Markers {
  /** @type {SVGSVGElement} */
  #svg;
  /** @type {SVGElement} */
  #cursor;
  /** @type {SVGElement} */
  #preview;
  /** @type {SVGElement} */
  #posterior;
  /** @type {SVGElement} */
  #line;

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.#svg = svg;
    this.#cursor = query(svg, ".lp-cursor", SVGElement);
    this.#preview = query(svg, ".lp-preview", SVGElement);
    this.#posterior = query(svg, ".lp-posterior", SVGElement);
    this.#line = query(svg, ".lp-line", SVGElement);
  }

  /** @param {Point} pixel */
  pin([x, y]) {
    this.#cursor.setAttribute("transform", `translate(${x} ${y})`);
    this.#line.setAttribute("transform", `translate(${x} 0)`);
    this.#cursor.style.visibility = "visible";
  }

  /** @param {Point | null} pixel */
  look(pixel) {
    this.#preview.style.visibility = pixel ? "visible" : "hidden";
    if (pixel) this.#preview.setAttribute("transform", `translate(${pixel[0]} ${pixel[1]})`);
  }

  /** @param {Point[]} corners pixels of an outline's corners; none for no outline */
  enclose(corners) {
    this.#posterior.setAttribute("points", corners.join(" "));
  }

  /**
   * Clips the marks to the plot and, on a map of one dimension, shows a line instead of a place.
   * @param {Frame} frame
   * @param {boolean} flat
   */
  place({ left, top, width, height }, flat) {
    const { clientWidth, clientHeight } = this.#svg;
    const [right, bottom] = [clientWidth - left - width, clientHeight - top - height];
    this.#svg.style.clipPath = `inset(${top}px ${right}px ${bottom}px ${left}px)`;
    this.#line.style.visibility = flat ? "visible" : "hidden";
  }
}
