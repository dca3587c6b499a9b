// Planes of the same examples: one ring, one lasso, and what all decoders make of one example.

import { Selection } from "../plane/selection.js";
import { absolute, downloadJson } from "../shared/download.js";
import { floats, packRows, unpackRows } from "../shared/encoding.js";
import { LatestOnly } from "../shared/latest_only.js";
import { painterFor } from "../shared/painter.js";
import { NumbersByExample } from "./numbers_by_example.js";

/** @import { ComparedExamples, ExamplesContent } from "../shared/messages.d.ts" */
/** @import { Decoded } from "../shared/onnxruntime_types.d.ts" */
/** @import { Painter } from "../shared/painter.js" */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { Stats } from "../shared/stats.js" */
/** @import { PlaneCell } from "./plane_cell.js" */

/** @typedef {{ cell: PlaneCell, z: Float32Array }} Wanted */
/** @typedef {{ wanted: Wanted[], label: number, stamp: number, arrival: number }} Wish */
/** @typedef {{ cell: PlaneCell, place: Point } | null} Between a place that one plane shows itself */

export class LinkedPlanes {
  /** @type {PlaneCell[]} */
  cells;
  /** @type {Selection} */
  selection;
  /** The example that the rings stand on. */
  at;
  /** @type {ExamplesContent | null} */
  #content = null;
  /** @type {NumbersByExample | null} */
  #originals = null;
  /** @type {Painter} */
  #original;
  /** @type {LatestOnly<Wish, Decoded[]>} */
  #stream;
  /** @type {(words: string) => void} */
  #say;

  /**
   * @param {ComparedExamples} state
   * @param {PlaneCell[]} cells
   * @param {HTMLElement} original host of the example itself
   * @param {Stats} stats
   * @param {{ say: (words: string) => void, chosen: () => void }} on which example is shown; the
   *   person has chosen others
   */
  constructor(state, cells, original, stats, on) {
    this.cells = cells;
    this.at = state.at;
    this.#say = on.say;
    this.#original = painterFor(state.output, original);
    this.selection = new Selection(
      unpackRows(state.selected),
      cells.map(({ map }) => map),
      on.chosen,
    );
    this.#stream = new LatestOnly(
      ({ wanted, label }) => Promise.all(wanted.map(({ cell, z }) => cell.decode(z, label))),
      (answers, wish) => {
        answers.forEach(({ values }, i) => {
          wish.wanted[i].cell.paint(values);
        });
        stats.count(wish);
      },
    );
    this.#load(state);
  }

  get selected() {
    return packRows([...this.selection.rows]);
  }

  /** Which example it is, in words. */
  get words() {
    if (!this.#content) return "";
    const { rows, labels, names } = this.#content;
    const name = names[labels[this.at]];
    const number = `Example ${rows[this.at].toLocaleString("en")}`;
    return name === undefined ? number : `${number}, labelled ${name}`;
  }

  /**
   * The example nearest to a pixel of one plane.
   * @param {PlaneCell} cell
   * @param {Point} pixel
   */
  nearest(cell, pixel) {
    return cell.map.nearest(pixel, Number.POSITIVE_INFINITY)?.row ?? null;
  }

  /**
   * Shows an example everywhere for now, without moving the rings.
   * @param {number} example
   * @param {number} stamp of the event that asks for it
   * @param {Between} between
   */
  look(example, stamp, between = null) {
    this.#show(example, stamp, this.#places(example, between), (cell, z) => cell.look(z));
  }

  /**
   * Moves all rings to an example.
   * @param {number} example
   * @param {number} stamp
   * @param {Between} between
   */
  pin(example, stamp, between = null) {
    this.at = example;
    this.#show(example, stamp, this.#places(example, between), (cell, z) => cell.pin(z));
    this.#say(this.words);
  }

  /** Shows again what the rings stand on. */
  back() {
    const wanted = this.cells.flatMap((cell) => (cell.pinned ? [{ cell, z: cell.pinned }] : []));
    this.#show(this.at, performance.now(), wanted, (cell) => cell.look(null));
  }

  /** Something that was missing has come: rings that stand nowhere yet go to the example. */
  settle() {
    for (const cell of this.cells) if (!cell.pinned) cell.pin(cell.codeOf(this.at));
    this.back();
  }

  close() {
    this.#stream.forget();
  }

  /**
   * @param {number} example
   * @param {Between} between
   * @returns {Wanted[]}
   */
  #places(example, between) {
    return this.cells.flatMap((cell) => {
      const z = between?.cell === cell ? cell.at(between.place) : cell.codeOf(example);
      return z ? [{ cell, z }] : [];
    });
  }

  /**
   * @param {number} example
   * @param {number} stamp
   * @param {Wanted[]} places
   * @param {(cell: PlaneCell, z: Float32Array) => void} put
   */
  #show(example, stamp, places, put) {
    for (const { cell, z } of places) put(cell, z);
    if (this.#originals) this.#original.paint(this.#originals.of(example));
    const wanted = places.filter(({ cell }) => cell.ready);
    const label = this.#content?.labels[example] ?? 0;
    if (wanted.length) this.#stream.want({ wanted, label, stamp, arrival: performance.now() });
  }

  /** @param {ComparedExamples} state */
  async #load({ examples, originals, original }) {
    if (original) this.#original.paint(floats(original));
    try {
      this.#content = await downloadJson(absolute(examples));
      this.#say(this.words);
      this.#originals = originals ? await NumbersByExample.at(originals) : null;
      this.back();
    } catch (error) {
      console.error(error); // its cells say what they miss themselves
    }
  }
}
