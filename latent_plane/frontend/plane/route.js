// Anchors on the map and the paths between them. The handles are the browser's until Python puts
// them elsewhere, which a greater `arrangement` says.

import { subscribe } from "../shared/bus.js";
import { query } from "../shared/dom.js";
import { Anchors } from "./anchors.js";
import { described } from "./latent.js";
import { Paths } from "./paths.js";

/** @import { PlaneState } from "../shared/messages.d.ts" */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { Latent } from "./latent.js" */
/** @import { LatentMap } from "./map.js" */

/**
 * @typedef {object} RouteListener
 * @property {(z: Float32Array, stamp: number) => void} look show a point
 * @property {() => void} leave show the ring again
 * @property {(text: string) => void} rest tell Python
 */

export class Route {
  /** @type {LatentMap} */
  #map;
  /** @type {RouteListener} */
  #on;
  /** @type {Paths} */
  #paths;
  /** @type {Anchors} */
  #anchors;
  /** @type {Float32Array[]} */
  #points = [];
  /** @type {number | null} */
  #arrangement = null;
  /** @type {Latent | null} */
  #latent = null;
  /** @type {string | null} the paths that are drawn, as JSON */
  #lines = null;
  /** @type {string | null} key of the strips whose moment the dots show */
  #player = null;
  /** @type {(() => void) | null} */
  #leave = null;

  /**
   * @param {HTMLElement} root
   * @param {LatentMap} map
   * @param {RouteListener} on
   */
  constructor(root, map, on) {
    this.#map = map;
    this.#on = on;
    this.#paths = new Paths(query(root, ".lp-paths", SVGElement), query(root, ".lp-legend"));
    this.#anchors = new Anchors(query(root, ".lp-anchors"), {
      grab: (index) => this.#look(index),
      move: (index, pixel, stamp) => this.#move(index, map.data(pixel), stamp),
      step: (index, share, stamp) => this.#step(index, share, stamp),
      rest: (index) => this.#rest(index),
      look: (index) => this.#look(index),
      leave: () => on.leave(),
      wheel: (event) => map.wheel(event),
    });
  }

  /** What goes with every message to Python. */
  get message() {
    const anchors = this.#points.length ? this.#points.map((z) => Array.from(z)) : null;
    return { anchors, arrangement: this.#arrangement };
  }

  /**
   * @param {PlaneState} state
   * @param {Latent} latent
   */
  update({ anchors, arrangement, paths, paths_follow: player }, latent) {
    this.#latent = latent;
    this.#follow(player);
    const lines = JSON.stringify(paths);
    if (lines !== this.#lines) this.#paths.set(paths);
    this.#lines = lines;
    if (this.#anchors.dragging && this.#points[0].length === latent.size) return;
    if (arrangement !== this.#arrangement) {
      this.#arrangement = arrangement;
      this.#points = anchors.map((z) => Float32Array.from(z));
      this.#anchors.count(anchors.length);
    }
    this.#paths.stale(false);
    this.place();
  }

  /** Puts all where the axes now have it. */
  place() {
    const latent = this.#latent;
    if (!this.#map.drawn || !latent) return;
    const corners = this.#points.map((z) => latent.project(z));
    this.#anchors.place(
      this.#map.frame,
      corners.map((corner) => this.#map.pixel(corner)),
    );
    this.#paths.place(this.#map, corners);
  }

  close() {
    this.#leave?.();
    this.#anchors.close();
  }

  /** @param {string | null} player */
  #follow(player) {
    if (player === this.#player) return;
    this.#leave?.();
    this.#player = player;
    this.#paths.at(null);
    this.#leave = player
      ? subscribe(`playing:${player}`, (moment) => this.#paths.at(moment?.t ?? null))
      : null;
  }

  /** @param {number} index */
  #look(index) {
    this.#on.look(this.#points[index], performance.now());
  }

  /**
   * @param {number} index
   * @param {Point} share
   * @param {number} stamp
   */
  #step(index, share, stamp) {
    if (!this.#latent) return;
    const at = this.#latent.project(this.#points[index]);
    this.#move(index, this.#map.stepped(at, share), stamp);
  }

  /**
   * @param {number} index
   * @param {Point} at
   * @param {number} stamp
   */
  #move(index, at, stamp) {
    if (!this.#latent) return;
    this.#points[index] = this.#latent.moved(this.#points[index], at);
    this.#paths.stale(true);
    this.place();
    this.#on.look(this.#points[index], stamp);
  }

  /** @param {number} index */
  #rest(index) {
    if (!this.#latent) return;
    this.#on.rest(`Anchor ${index + 1} at ${described(this.#points[index], this.#latent)}`);
  }
}
