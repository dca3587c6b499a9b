// Planes side by side, linked through the example that the pointer is nearest to.

import { ResizeAndTheme } from "../plane/resize_and_theme.js";
import { Toolbar } from "../plane/toolbar.js";
import { query } from "../shared/dom.js";
import { Stats } from "../shared/stats.js";
import { LinkedPlanes } from "./linked_planes.js";
import { PlaneCell } from "./plane_cell.js";

/**
 * @import {
 *   ComparedExamples, ComparedPlane, ComparisonGesture, ComparisonState, Send,
 * } from "../shared/messages.d.ts"
 */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { SurfaceListener } from "../plane/pointer_surface.js" */

/** @type {Record<string, string>} */
const HINTS = {
  examples: "Move or drag over any plane: all planes show the nearest example",
  between: "The plane under the pointer decodes the place itself, the others the nearest example",
  pan: "Drag to move a map, scroll to zoom, double-click to reset",
  lasso: "Draw around examples in one plane to see them in all; Escape clears the selection",
};

export class Comparison {
  /** @type {HTMLElement} */
  #root;
  /** @type {PlaneCell[]} */
  #cells;
  /** @type {LinkedPlanes[]} */
  #groups;
  /** @type {Toolbar} */
  #toolbar;
  /** @type {ResizeAndTheme} */
  #surroundings;
  /** @type {Stats} */
  #stats;
  /** @type {Send} */
  #send = () => {};
  #serial;
  /** Where the arrow keys have got to on a plane. @type {{ cell: PlaneCell, place: Point } | null} */
  #walked = null;

  /**
   * @param {HTMLElement} root
   * @param {ComparisonState} state
   */
  constructor(root, state) {
    this.#root = root;
    this.#serial = state.serial;
    this.#stats = new Stats(state.key);
    const { planes, groups } = state;
    root.style.setProperty("--cp-planes", String(planes.length));
    root.style.setProperty("--cp-pictures", String(planes.length + groups.length));
    root.dataset.kind = groups[0].output.kind;
    this.#groups = groups.map((group, number) => this.#linked(state, group, number));
    this.#cells = this.#groups.flatMap(({ cells }) => cells);
    this.#toolbar = new Toolbar(root, (mode) => this.#choose(mode), HINTS);
    const [maps, plots] = [this.#cells.map(({ map }) => map), this.#cells.map(({ plot }) => plot)];
    this.#surroundings = new ResizeAndTheme(root, plots, maps);
    root.onkeydown = ({ key }) => {
      if (key === "Escape") for (const { selection } of this.#groups) selection.letGo();
    };
  }

  /**
   * Called whenever data or theme have changed.
   * @param {ComparisonState} state
   * @param {Send} send
   */
  update(state, send) {
    this.#send = send;
    const planes = state.groups.flatMap((_, number) => planesOf(state, number));
    this.#cells.forEach((cell, place) => {
      cell.update(planes[place]);
    });
    this.#surroundings.look();
  }

  close() {
    this.#surroundings.close();
    for (const group of this.#groups) group.close();
    for (const cell of this.#cells) cell.close();
  }

  /**
   * The planes of the same examples, each with its picture after the original's.
   * @param {ComparisonState} state
   * @param {ComparedExamples} group
   * @param {number} number
   */
  #linked(state, group, number) {
    const original = this.#picture("Original", "");
    original.classList.add("cp-original");
    /** @type {LinkedPlanes} */
    const linked = new LinkedPlanes(
      group,
      planesOf(state, number).map((plane) => this.#cell(plane, state, () => linked)),
      query(original, ".lp-output"),
      this.#stats,
      {
        say: (words) => {
          query(original, "figcaption span").textContent = words;
        },
        chosen: () => this.#tell(linked),
      },
    );
    return linked;
  }

  /**
   * @param {ComparedPlane} plane
   * @param {ComparisonState} state
   * @param {() => LinkedPlanes} linked
   */
  #cell(plane, state, linked) {
    const section = this.#copy(".cp-plane-template", ".cp-planes");
    const picture = query(this.#picture(plane.title, plane.note), ".lp-output");
    const cell = new PlaneCell(section, picture, plane, state, {
      drawn: () => this.#noted("drawn", ({ map }) => map.drawn),
      ready: () => {
        linked().settle();
        this.#noted("ready", ({ ready }) => ready);
      },
    });
    cell.listen(this.#listener(linked, cell));
    return cell;
  }

  /**
   * @param {string} title
   * @param {string} note
   */
  #picture(title, note) {
    const figure = this.#copy(".cp-picture-template", ".cp-pictures");
    query(figure, "figcaption strong").textContent = title;
    query(figure, "figcaption span").textContent = note;
    return figure;
  }

  /**
   * @param {string} template
   * @param {string} host
   */
  #copy(template, host) {
    const { content } = query(this.#root, template, HTMLTemplateElement);
    query(this.#root, host).append(content.cloneNode(true));
    return /** @type {HTMLElement} */ (query(this.#root, host).lastElementChild);
  }

  /**
   * @param {() => LinkedPlanes} linked
   * @param {PlaneCell} cell
   * @returns {SurfaceListener}
   */
  #listener(linked, cell) {
    const { map, lasso } = cell;
    const near = (
      /** @type {Point} */ pixel,
      /** @type {number} */ stamp,
      /** @type {"look" | "pin"} */ what,
    ) => {
      const example = map.drawn ? linked().nearest(cell, pixel) : null;
      const between = this.#toolbar.mode === "between" ? { cell, place: map.data(pixel) } : null;
      if (example !== null) linked()[what](example, stamp, between);
    };
    return {
      hover: (pixel, stamp) => this.#walks && near(pixel, stamp, "look"),
      leave: () => this.#walks && linked().back(),
      drag: (pixel, stamp) => {
        this.#walked = null;
        if (this.#toolbar.mode === "lasso") lasso.add(pixel);
        else near(pixel, stamp, "pin");
      },
      release: () => {
        if (this.#toolbar.mode === "lasso") linked().selection.enclose(lasso.close(), map);
        else this.#tell(linked());
      },
      step: (share, stamp) => {
        if (map.drawn && cell.pinned) near(this.#stepped(cell, share), stamp, "pin");
      },
      rest: () => this.#tell(linked()),
      wheel: (event) => map.drawn && map.wheel(event),
      reset: () => map.drawn && map.reset(),
    };
  }

  /** Whether the pointer looks at examples. */
  get #walks() {
    return this.#toolbar.mode === "examples" || this.#toolbar.mode === "between";
  }

  /**
   * The pixel to which an arrow key leads: on from the last key's, even where no example is near.
   * @param {PlaneCell} cell
   * @param {Point} share
   */
  #stepped(cell, share) {
    const { map, latent, pinned } = cell;
    const from = this.#walked?.cell === cell ? this.#walked.place : latent.project(pinned ?? []);
    const place = map.stepped(from, share);
    this.#walked = { cell, place };
    return map.pixel(place);
  }

  /** @param {string} mode */
  #choose(mode) {
    for (const { map } of this.#cells) map.mode(mode);
  }

  /**
   * @param {"drawn" | "ready"} moment
   * @param {(cell: PlaneCell) => boolean} reached
   */
  #noted(moment, reached) {
    if (this.#cells.every(reached)) this.#stats.note(moment);
  }

  /**
   * The one message of a gesture.
   * @param {LinkedPlanes} linked
   */
  #tell(linked) {
    this.#serial += 1;
    query(this.#root, ".lp-voice").textContent = linked.words;
    /** @type {ComparisonGesture} */
    const gesture = {
      serial: this.#serial,
      group: this.#groups.indexOf(linked),
      at: linked.at,
      selected: linked.selected,
    };
    this.#send("gesture", gesture);
  }
}

/**
 * @param {ComparisonState} state
 * @param {number} number of the group
 */
function planesOf({ planes }, number) {
  return planes.filter(({ group }) => group === number);
}
