// What the person does on the map and in the panel, turned into moves of the ring.

import { query } from "../shared/dom.js";
import { Lasso } from "./lasso.js";
import { PointerSurface } from "./pointer_surface.js";
import { Selection } from "./selection.js";
import { Toolbar } from "./toolbar.js";

/** @import { Frame, Point } from "../shared/plotly_types.d.ts" */
/** @import { LatentMap } from "./map.js" */
/** @import { SurfaceListener } from "./pointer_surface.js" */
/** @import { ScatterMatrix } from "./scatter_matrix.js" */

const DESCRIPTION = "Latent plane. Arrow keys move the ring, with Shift in bigger steps.";

/**
 * Places are plane coordinates; what of z lies off the plane holds still.
 * @typedef {object} Walker
 * @property {() => Point} place where the ring is
 * @property {(place: Point, stamp: number, pixel: Point) => void} look show another place for now
 * @property {() => void} leave show the ring again
 * @property {(place: Point, stamp: number) => void} move the ring
 * @property {(row: number | null) => void} release with the ring on an example, or between
 * @property {() => void} tell Python
 */

export class Gestures {
  /** @type {LatentMap} */
  #map;
  /** @type {Walker} */
  #walker;
  /** @type {Lasso} */
  #lasso;
  /** @type {PointerSurface} */
  #surface;
  /** @type {Toolbar} */
  #toolbar;
  /** @type {Selection} */
  #selection;

  /**
   * @param {HTMLElement} root
   * @param {LatentMap} map
   * @param {ScatterMatrix} matrix
   * @param {number[]} rows that are selected at first
   * @param {Walker} walker
   */
  constructor(root, map, matrix, rows, walker) {
    this.#map = map;
    this.#walker = walker;
    this.#lasso = new Lasso(query(root, ".lp-lasso", SVGElement));
    this.#selection = new Selection(rows, [map, matrix], () => walker.tell());
    this.#surface = new PointerSurface(query(root, ".lp-surface"), this.#listener());
    this.#surface.describe(DESCRIPTION);
    this.#toolbar = new Toolbar(root, (mode) => map.mode(mode));
    root.onkeydown = ({ key }) => {
      if (key === "Escape") this.#selection.letGo();
    };
  }

  get dragging() {
    return this.#surface.dragging;
  }

  /** The rows inside the last lasso. */
  get rows() {
    return this.#selection.rows;
  }

  /** @param {boolean} on */
  offerLasso(on) {
    this.#toolbar.offerLasso(on);
  }

  /** @param {number[]} rows that Python wants marked */
  mark(rows) {
    this.#selection.mark(new Set(rows));
  }

  /**
   * @param {Set<number>} rows that the person has chosen in the scatter matrix
   * @param {ScatterMatrix} matrix
   */
  choose(rows, matrix) {
    this.#selection.choose(rows, matrix);
  }

  /** @param {Frame} frame of the plot */
  place(frame) {
    this.#surface.place(frame);
  }

  /** @returns {SurfaceListener} */
  #listener() {
    const [map, walker] = [this.#map, this.#walker];
    return {
      hover: (pixel, stamp) => {
        if (!map.drawn || this.#toolbar.mode !== "explore") return;
        walker.look(map.data(pixel), stamp, pixel);
      },
      leave: () => walker.leave(),
      drag: (pixel, stamp) => {
        if (!map.drawn) return;
        if (this.#toolbar.mode === "lasso") this.#lasso.add(pixel);
        else walker.move(map.data(pixel), stamp);
      },
      release: (pixel, clicked) => map.drawn && this.#release(pixel, clicked),
      step: (share, stamp) => map.drawn && walker.move(map.stepped(walker.place(), share), stamp),
      rest: () => walker.tell(),
      wheel: (event) => map.drawn && map.wheel(event),
      reset: () => map.drawn && map.reset(),
    };
  }

  /**
   * @param {Point} pixel
   * @param {boolean} clicked
   */
  #release(pixel, clicked) {
    if (this.#toolbar.mode === "lasso") {
      this.#selection.enclose(this.#lasso.close(), this.#map);
      return;
    }
    const example = clicked ? this.#map.nearest(pixel) : null;
    if (example) this.#walker.move(example.at, performance.now());
    this.#walker.release(example?.row ?? null);
  }
}
