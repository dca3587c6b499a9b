// What the map shows besides the ring, each with a switch: the traces that Python drew, and the
// grid of decoded pictures, whose decoder is a second one in a worker.

import { Manifold } from "./manifold.js";

/** @import { Decoder } from "../shared/graph.js" */
/** @import { PlaneState } from "../shared/messages.d.ts" */
/** @import { Latent } from "./latent.js" */
/** @import { LatentMap } from "./map.js" */
/** @import { OverlayEntry } from "./panel.js" */

/** @type {Record<string, string>} */
const TITLES = {
  points: "Examples",
  labels: "Class names",
  prior: "Prior, 1 to 3 σ",
  density: "Density of examples",
  posterior: "Posterior of the clicked example",
};

/**
 * @typedef {object} OverlaysListener
 * @property {(milliseconds: number) => void} done a grid of pictures took so long
 * @property {() => void} ready the grid may be placed
 * @property {(failure: Error) => void} failed there is no decoder for the grid
 */

export class Overlays {
  /** @type {LatentMap} */
  #map;
  /** @type {Decoder} */
  #distant;
  /** @type {OverlaysListener} */
  #on;
  /** @type {Manifold} */
  #manifold;
  /** @type {Latent | null} */
  #latent = null;
  /** Whether this model has a grid of pictures. */
  #pictures = false;
  #url = "";
  #classes = 0;
  /** @type {number | null} */
  #label = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {LatentMap} map
   * @param {Decoder} distant the decoder in the worker
   * @param {OverlaysListener} on
   */
  constructor(canvas, map, distant, on) {
    this.#map = map;
    this.#distant = distant;
    this.#on = on;
    this.#manifold = new Manifold(
      canvas,
      (z) => distant.decode(z, this.#latent?.size ?? 0, this.#label),
      on.done,
    );
  }

  /**
   * @param {PlaneState} state
   * @param {Latent} latent
   */
  configure({ output }, latent) {
    this.#latent = latent;
    this.#pictures = output.kind === "image" && !latent.flat;
    if (output.kind === "image" && this.#pictures) this.#manifold.configure(output);
    else this.switch("manifold", false);
  }

  /**
   * @param {string} name
   * @param {boolean} on
   */
  switch(name, on) {
    if (name !== "manifold") {
      this.#map.switch(name, on);
      return;
    }
    this.#manifold.switch(on);
    this.#map.fade(on);
    if (on) this.#start();
  }

  /**
   * Another decoder; the worker takes it, or starts with it, once somebody wants the grid.
   * @param {string} url
   * @param {number} classes
   */
  open(url, classes) {
    this.#url = url;
    this.#classes = classes;
    if (this.#manifold.on) this.#start();
  }

  /**
   * Keeps the grid on the axes, and true to what lies off the plane and to the class.
   * @param {Float32Array} z
   * @param {number | null} label
   */
  place(z, label) {
    if (!this.#manifold.on || !this.#distant.ready || !this.#latent) return;
    this.#label = label;
    const still = Array.from(this.#latent.moved(z, [0, 0]), (value) => value.toFixed(3));
    this.#manifold.follow(this.#map, this.#latent, z, `${this.#url}|${label}|${still}`);
  }

  /**
   * @param {boolean} able whether the page's own decoder works
   * @returns {OverlayEntry[]}
   */
  entries(able) {
    const there = this.#map.overlays;
    const names = Object.keys(TITLES).filter((name) => there.has(name));
    const entries = names.map((name) => ({
      name,
      title: TITLES[name],
      on: this.#map.shown[name],
      able: name !== "posterior" || this.#map.ellipse.length > 0,
    }));
    const grid = { name: "manifold", title: "Decoded pictures", on: this.#manifold.on, able: true };
    if (this.#pictures && able && entries.length) entries.splice(1, 0, grid);
    return entries;
  }

  close() {
    this.#manifold.stop();
    this.#distant.close();
  }

  async #start() {
    await this.#distant.open(this.#url, this.#classes);
    if (this.#distant.failure && this.#manifold.on) this.#on.failed(this.#distant.failure);
    this.#on.ready();
  }
}
