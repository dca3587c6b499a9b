// The rows inside the lasso, marked in every figure that shows them.

/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { LatentMap } from "./map.js" */

/**
 * A figure of the same rows; `clear` takes away an outline that it has drawn itself.
 * @typedef {{ rows: Set<number>, mark(rows: Set<number>): void, clear?(): void }} View
 */

export class Selection {
  /** @type {Set<number>} */
  rows;
  /** @type {View[]} */
  #views;
  /** @type {() => void} */
  #changed;

  /**
   * @param {number[]} rows
   * @param {View[]} views
   * @param {() => void} changed the person has chosen
   */
  constructor(rows, views, changed) {
    this.rows = new Set(rows);
    this.#views = views;
    this.#changed = changed;
    for (const view of views) view.rows = this.rows;
  }

  /**
   * A lasso ended in one figure: the outlines in the others no longer say the truth.
   * @param {Set<number>} rows
   * @param {View | null} from
   */
  choose(rows, from) {
    for (const view of this.#views) if (view !== from) view.clear?.();
    this.mark(rows);
    this.#changed();
  }

  /**
   * A lasso on the map; a mere click lets go.
   * @param {Point[]} corners
   * @param {LatentMap} map
   */
  enclose(corners, map) {
    if (corners.length) this.choose(map.inside(corners), map);
    else this.letGo();
  }

  letGo() {
    if (this.rows.size) this.choose(new Set(), null);
  }

  /** @param {Set<number>} rows */
  mark(rows) {
    this.rows = rows;
    for (const view of this.#views) view.mark(rows);
  }
}
