// Undo, clear and the brush, by buttons and by keys.

import { query } from "../shared/dom.js";

/** @import { Recipe } from "../shared/messages.d.ts" */
/** @import { InkCanvas } from "./ink_canvas.js" */

/** @type {Record<Recipe, number>} percent of the pad's width */
const BRUSHES = { mnist: 8, box: 12 };

export class Tools {
  /** @type {HTMLElement} */
  #root;
  /** @type {InkCanvas} */
  #ink;
  /** @type {HTMLButtonElement} */
  #undo;
  /** @type {HTMLButtonElement} */
  #clear;
  /** @type {HTMLInputElement} */
  #brush;

  /**
   * @param {HTMLElement} root
   * @param {InkCanvas} ink
   */
  constructor(root, ink) {
    this.#root = root;
    this.#ink = ink;
    this.#undo = query(root, ".dp-undo", HTMLButtonElement);
    this.#clear = query(root, ".dp-clear", HTMLButtonElement);
    this.#brush = query(root, ".dp-brush input", HTMLInputElement);
    this.#undo.onclick = () => ink.undo();
    this.#clear.onclick = () => ink.clear();
    this.#brush.oninput = () => this.#brushed(this.#brush.valueAsNumber);
    root.onkeydown = (event) => this.#key(event);
  }

  /**
   * The brush that suits a recipe.
   * @param {Recipe} recipe
   */
  brushFor(recipe) {
    this.#brushed(BRUSHES[recipe]);
  }

  /** Offers what can be done now. */
  refresh() {
    this.#undo.disabled = !this.#ink.undoable;
    this.#clear.disabled = this.#ink.empty;
  }

  /** @param {number} percent */
  #brushed(percent) {
    this.#brush.value = String(percent);
    this.#brush.setAttribute("aria-valuetext", `${percent} percent of the pad's width`);
    this.#root.style.setProperty("--dp-brush", String(percent));
    this.#ink.brush = percent / 100;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, ctrlKey, metaKey } = event;
    const undo = key.toLowerCase() === "z" && (ctrlKey || metaKey);
    if (!undo && key !== "Escape" && key !== "Delete") return;
    event.preventDefault();
    if (undo) this.#ink.undo();
    else this.#ink.clear();
  }
}
