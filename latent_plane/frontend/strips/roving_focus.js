// One stop of the Tab key for all thumbnails; the arrows walk among them.

import { queryAll } from "../shared/dom.js";

/** @type {Record<string, [down: number, across: number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class RovingFocus {
  /** @type {HTMLElement} */
  #host;
  /** @type {HTMLElement | null} */
  #current = null;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
    host.addEventListener("keydown", (event) => this.#key(event));
    host.addEventListener("focusin", ({ target }) => this.#stop(target));
  }

  /** After thumbnails came or went: some one is reachable. */
  refresh() {
    const thumbs = queryAll(this.#host, ".ps-frame");
    this.#stop(thumbs.find((thumb) => thumb === this.#current) ?? thumbs[0]);
  }

  /** @param {EventTarget | null | undefined} target */
  #stop(target) {
    if (!isThumb(target)) return;
    for (const thumb of queryAll(this.#host, ".ps-frame")) thumb.tabIndex = -1;
    target.tabIndex = 0;
    this.#current = target;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const [step, thumb] = [STEPS[event.key], event.target];
    if (!step || !isThumb(thumb)) return;
    event.preventDefault();
    const strips = queryAll(this.#host, ".ps-strip").filter((strip) => strip.children.length);
    const row = thumb.parentElement ? strips.indexOf(thumb.parentElement) : 0;
    const column = [...strips[row].children].indexOf(thumb);
    const strip = strips[row + step[0]] ?? strips[row];
    const next = strip.children[Math.min(column + step[1], strip.children.length - 1)];
    if (next instanceof HTMLElement) next.focus();
  }
}

/**
 * @param {EventTarget | null | undefined} target
 * @returns {target is HTMLElement}
 */
function isThumb(target) {
  return target instanceof HTMLElement && target.matches(".ps-frame");
}
