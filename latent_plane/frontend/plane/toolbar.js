// What the pointer does on the map: explore, pan or lasso.

import { query } from "../shared/dom.js";

/** @type {Record<string, string>} by mode */
const HINTS = {
  explore: "Move to look, click or drag to place the ring, scroll to zoom",
  pan: "Drag to move the map, scroll to zoom, double-click to reset",
  lasso: "Draw around examples to select them; Escape clears the selection",
};

export class Toolbar {
  /** @type {string} */
  mode;
  /** @type {HTMLElement} */
  #root;
  /** @type {Record<string, string>} */
  #hints;
  /** @type {(mode: string) => void} */
  #changed;
  /** @type {HTMLButtonElement[]} */
  #buttons;
  /** @type {HTMLElement} */
  #hint;

  /**
   * @param {HTMLElement} root
   * @param {(mode: string) => void} changed
   * @param {Record<string, string>} hints by mode; the first is the one to begin with
   */
  constructor(root, changed, hints = HINTS) {
    this.#root = root;
    this.#hints = hints;
    this.#changed = changed;
    this.#buttons = [...query(root, ".lp-toolbar").querySelectorAll("button")];
    this.#hint = query(root, ".lp-hint");
    for (const button of this.#buttons) button.onclick = () => this.choose(modeOf(button));
    [this.mode] = Object.keys(hints);
    this.choose(this.mode);
  }

  /**
   * Where nobody asks for a selection there is nothing to choose.
   * @param {boolean} on
   */
  offerLasso(on) {
    for (const button of this.#buttons) if (modeOf(button) === "lasso") button.hidden = !on;
    if (!on && this.mode === "lasso") this.choose("explore");
  }

  /** @param {string} mode */
  choose(mode) {
    this.mode = mode;
    this.#root.dataset.mode = mode;
    for (const button of this.#buttons) {
      button.setAttribute("aria-pressed", String(modeOf(button) === mode));
    }
    this.#hint.textContent = this.#hints[mode] ?? "";
    this.#changed(mode);
  }
}

/** @param {HTMLElement} button */
function modeOf(button) {
  return button.dataset.mode ?? "";
}
