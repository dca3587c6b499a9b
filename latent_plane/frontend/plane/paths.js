// Lines over the map that follow its axes, with their names and a dot on each for a moment.

import { floats } from "../shared/encoding.js";

/** @import { PathData } from "../shared/messages.d.ts" */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { LatentMap } from "./map.js" */

/**
 * @typedef {object} Path
 * @property {Point[]} points on the plane
 * @property {SVGElement} halo
 * @property {SVGElement} line
 * @property {SVGElement} dot
 */

const SVG = "http://www.w3.org/2000/svg";

export class Paths {
  /** @type {SVGElement} */
  #group;
  /** @type {HTMLElement} */
  #legend;
  /** @type {SVGElement} */
  #straight = drawn("polyline", "lp-straight");
  /** @type {Path[]} */
  #paths = [];
  /** @type {number | null} */
  #time = null;
  /** @type {LatentMap | null} */
  #map = null;

  /**
   * @param {SVGElement} group
   * @param {HTMLElement} legend
   */
  constructor(group, legend) {
    this.#group = group;
    this.#legend = legend;
  }

  /** @param {PathData[]} paths */
  set(paths) {
    this.#paths = paths.map(built);
    const halos = this.#paths.map(({ halo }) => halo);
    const lines = this.#paths.map(({ line }) => line);
    const dots = this.#paths.map(({ dot }) => dot);
    this.#group.replaceChildren(...halos, ...lines, ...dots, this.#straight);
    this.#legend.replaceChildren(...paths.map(entry));
    this.#legend.hidden = !paths.length;
  }

  /**
   * Whether the lines still belong to the anchors; where they do not, a straight one stands in.
   * @param {boolean} on
   */
  stale(on) {
    this.#group.dataset.stale = String(on);
  }

  /**
   * @param {LatentMap} map
   * @param {Point[]} corners plane coordinates of the anchors
   */
  place(map, corners) {
    this.#map = map;
    const text = (/** @type {Point[]} */ points) =>
      points.map((point) => map.pixel(point)).join(" ");
    for (const { halo, line, points } of this.#paths) {
      const drawing = text(points);
      halo.setAttribute("points", drawing);
      line.setAttribute("points", drawing);
    }
    this.#straight.setAttribute("points", text(corners));
    const { left, top, height } = map.frame;
    const corner = `translate(${left + 8}px, ${top + height - 8}px)`;
    this.#legend.style.transform = `${corner} translateY(-100%)`;
    this.at(this.#time);
  }

  /**
   * Puts the dots where a player is; null takes them away.
   * @param {number | null} time from 0 to 1
   */
  at(time) {
    this.#time = time;
    for (const { dot, points } of this.#paths) {
      const map = time !== null && points.length && this.#map?.drawn ? this.#map : null;
      dot.style.visibility = map ? "visible" : "hidden";
      if (!map || time === null) continue;
      const [x, y] = map.pixel(between(points, time));
      dot.setAttribute("transform", `translate(${x} ${y})`);
    }
  }
}

/**
 * The place on a line at a time from 0 to 1, each piece taking as long as another.
 * @param {Point[]} points
 * @param {number} time
 * @returns {Point}
 */
export function between(points, time) {
  const place = time * (points.length - 1);
  const [before, after] = [points[Math.floor(place)], points[Math.ceil(place)]];
  const share = place % 1;
  return [before[0] + share * (after[0] - before[0]), before[1] + share * (after[1] - before[1])];
}

/**
 * @param {PathData} path
 * @returns {Path}
 */
function built({ colour, points }) {
  const [halo, line] = [drawn("polyline", "lp-halo"), drawn("polyline", "lp-path")];
  const dot = drawn("circle", "lp-dot");
  [line.style.stroke, dot.style.fill] = [colour, colour];
  dot.setAttribute("r", "6");
  return { points: pairs(floats(points)), halo, line, dot };
}

/**
 * @param {Float32Array} values
 * @returns {Point[]}
 */
function pairs(values) {
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]]);
}

/**
 * @param {"polyline" | "circle"} tag
 * @param {string} name
 */
function drawn(tag, name) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", name);
  return element;
}

/** @param {PathData} path */
function entry({ name, colour }) {
  const item = document.createElement("li");
  const swatch = document.createElement("span");
  swatch.style.background = colour;
  item.append(swatch, name);
  return item;
}
