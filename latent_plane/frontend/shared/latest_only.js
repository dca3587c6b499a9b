// At most one decode in flight, at most one a frame; a newer wish replaces an older one.

/**
 * @template Wish
 * @template Answer
 */
export class LatestOnly {
  /** @type {(wish: Wish) => Promise<Answer>} */
  #decode;
  /** @type {(answer: Answer, wish: Wish) => void} */
  #paint;
  /** @type {Wish | null} */
  #wish = null;
  #scheduled = false;
  #busy = false;

  /**
   * @param {(wish: Wish) => Promise<Answer>} decode
   * @param {(answer: Answer, wish: Wish) => void} paint
   */
  constructor(decode, paint) {
    this.#decode = decode;
    this.#paint = paint;
  }

  /** @param {Wish} wish */
  want(wish) {
    this.#wish = wish;
    this.#schedule();
  }

  forget() {
    this.#wish = null;
  }

  #schedule() {
    if (this.#scheduled || this.#busy || !this.#wish) return;
    this.#scheduled = true;
    requestAnimationFrame(() => this.#frame());
  }

  async #frame() {
    this.#scheduled = false;
    const wish = this.#wish;
    if (!wish) return;
    this.#wish = null;
    this.#busy = true;
    try {
      this.#paint(await this.#decode(wish), wish);
    } catch {
      // The decoder was exchanged under this wish; the next one asks the new decoder.
    } finally {
      this.#busy = false;
      this.#schedule();
    }
  }
}
