// The side panel: coordinates, one slider a latent dimension, classes, what the map shows.

import { query } from "../shared/dom.js";
import { written } from "../shared/numbers.js";
import { RadioGroup } from "../shared/radio_group.js";
import { described } from "./latent.js";

/** @import { PlaneState } from "../shared/messages.d.ts" */
/** @import { Latent } from "./latent.js" */

/**
 * @typedef {object} PanelListener
 * @property {(dimension: number, value: number, stamp: number) => void} slide
 * @property {() => void} rest a slider was let go
 * @property {(label: number) => void} label
 * @property {(name: string, on: boolean) => void} overlay
 */

/**
 * @typedef {object} Slider
 * @property {HTMLElement} row
 * @property {HTMLInputElement} input
 * @property {HTMLElement} output
 * @property {[number, number]} ends
 * @property {number | null} value that it shows
 */

/** @typedef {{ name: string, title: string, on: boolean, able: boolean }} OverlayEntry */
/** @typedef {"pinned" | "looking" | "anchor" | "waiting"} Looking */

/** @type {Record<Looking, string>} */
const CAPTIONS = {
  pinned: "At the ring. Drag, click or use the arrow keys to move it.",
  looking: "Under the pointer. Click to place the ring here.",
  anchor: "At a numbered anchor. Drag it or use the arrow keys; paths follow when you let go.",
  waiting: "Let go to see the picture.",
};

export class Panel {
  /** @type {PanelListener} */
  #on;
  /** @type {HTMLElement} */
  #where;
  /** @type {HTMLElement} */
  #caption;
  /** @type {RadioGroup} */
  #classes;
  /** @type {HTMLElement} */
  #sliders;
  /** @type {HTMLElement} */
  #overlays;
  /** @type {Slider[]} */
  #inputs = [];
  /** @type {Looking | null} */
  #state = null;
  /** @type {string | null} the entries that are offered, as JSON */
  #offered = null;

  /**
   * @param {HTMLElement} root
   * @param {PanelListener} on
   */
  constructor(root, on) {
    this.#on = on;
    this.#where = query(root, ".lp-where");
    this.#caption = query(root, ".lp-caption");
    this.#classes = new RadioGroup(query(root, ".lp-classes"), (label) => on.label(label));
    this.#sliders = query(root, ".lp-sliders");
    this.#overlays = query(root, ".lp-overlays");
  }

  /** @param {PlaneState} state */
  build({ limits, classes }) {
    this.#inputs = limits.map((ends, i) => this.#slider(i, ends));
    this.#sliders.replaceChildren(...this.#inputs.map(({ row }) => row));
    this.#classes.build(classes);
  }

  /**
   * @param {Float32Array} z
   * @param {Latent} latent
   */
  show(z, latent) {
    this.#where.textContent = described(z, latent);
    this.#inputs.forEach((slider, i) => {
      if (slider.value === z[i]) return;
      slider.value = z[i];
      slider.input.value = String(z[i]);
      slider.input.style.setProperty("--le-at", `${100 * share(z[i], slider.ends)}%`);
      slider.output.textContent = written(z[i], 2);
    });
  }

  /** @param {Looking} state */
  caption(state) {
    if (this.#state !== state) this.#caption.textContent = CAPTIONS[state];
    this.#state = state;
  }

  /** @param {number | null} label */
  choose(label) {
    this.#classes.choose(label);
  }

  /** @param {OverlayEntry[]} entries */
  offer(entries) {
    const state = JSON.stringify(entries);
    if (state === this.#offered) return;
    this.#offered = state;
    for (const row of this.#overlays.querySelectorAll("label")) row.remove();
    this.#overlays.append(...entries.map((entry) => this.#switch(entry)));
  }

  /** @param {OverlayEntry} entry */
  #switch({ name, title, on, able }) {
    const row = document.createElement("label");
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", checked: on, disabled: !able });
    box.setAttribute("role", "switch");
    box.dataset.overlay = name;
    box.addEventListener("change", () => this.#on.overlay(name, box.checked));
    row.append(box, title);
    return row;
  }

  /**
   * @param {number} i
   * @param {[number, number]} ends
   * @returns {Slider}
   */
  #slider(i, [low, high]) {
    const row = document.createElement("label");
    const name = document.createElement("span");
    const output = document.createElement("output");
    const input = document.createElement("input");
    const range = { min: String(low), max: String(high), step: "any" };
    name.textContent = `z${i + 1}`;
    Object.assign(input, { type: "range", className: "le-slider", ...range });
    input.addEventListener("input", (event) =>
      this.#on.slide(i, input.valueAsNumber, event.timeStamp),
    );
    input.addEventListener("change", () => this.#on.rest());
    row.append(name, input, output);
    return { row, input, output, ends: [low, high], value: null };
  }
}

/**
 * @param {number} value
 * @param {[number, number]} ends
 */
function share(value, [low, high]) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}
