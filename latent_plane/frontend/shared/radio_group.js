// A row of names of which one is chosen, with the keys of a radio group.

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class RadioGroup {
  /** @type {HTMLElement} */
  #host;
  /** @type {(index: number) => void} */
  #chosen;
  /** @type {HTMLButtonElement[]} */
  #options = [];

  /**
   * @param {HTMLElement} host
   * @param {(index: number) => void} chosen the person has taken another one
   */
  constructor(host, chosen) {
    this.#host = host;
    this.#chosen = chosen;
  }

  /** @param {string[]} names */
  build(names) {
    this.#options = names.map((name, i) => this.#option(name, i));
    this.#host.replaceChildren(...this.#options);
    this.#host.hidden = !names.length;
  }

  /** @param {number | null} index */
  choose(index) {
    this.#options.forEach((option, i) => {
      option.setAttribute("aria-checked", String(i === index));
      option.tabIndex = i === (index ?? 0) ? 0 : -1;
    });
  }

  /**
   * @param {string} name
   * @param {number} i
   */
  #option(name, i) {
    const option = document.createElement("button");
    Object.assign(option, { type: "button", textContent: name });
    option.setAttribute("role", "radio");
    option.addEventListener("click", () => this.#chosen(i));
    option.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (i + step + this.#options.length) % this.#options.length;
      this.#options[next].focus();
      this.#chosen(next);
    });
    return option;
  }
}
