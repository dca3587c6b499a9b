// What changes around figures: the room that they have, and the theme of the page.

/** @typedef {{ resize(): void, recolour(): void }} Fitting a figure */

const PAUSE = 60; // milliseconds without another size

export class ResizeAndTheme {
  /** @type {HTMLElement} */
  #root;
  /** @type {Fitting[]} */
  #figures;
  /** @type {ResizeObserver} */
  #observer;
  /** @type {string | null} */
  #theme = null;
  /** @type {number | undefined} */
  #resizing;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement[]} hosts
   * @param {Fitting[]} figures
   */
  constructor(root, hosts, figures) {
    this.#root = root;
    this.#figures = figures;
    this.#observer = new ResizeObserver(() => this.#resized());
    for (const host of hosts) this.#observer.observe(host);
  }

  /** Looks whether the theme is another one. */
  look() {
    const theme = getComputedStyle(this.#root).getPropertyValue("--st-text-color");
    if (this.#theme !== null && this.#theme !== theme) {
      for (const figure of this.#figures) figure.recolour();
    }
    this.#theme = theme;
  }

  close() {
    this.#observer.disconnect();
  }

  #resized() {
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => {
      for (const figure of this.#figures) figure.resize();
    }, PAUSE);
  }
}
