// At most one decode in flight, at most one a frame; a newer wish replaces an older one.

export class LatestOnly {
  // decode(wish) -> promise of values; paint(values, wish)
  constructor(decode, paint) {
    this.decode = decode;
    this.paint = paint;
    this.wish = null;
    this.scheduled = false;
    this.busy = false;
  }

  want(wish) {
    this.wish = wish;
    this.#schedule();
  }

  forget() {
    this.wish = null;
  }

  #schedule() {
    if (this.scheduled || this.busy || !this.wish) return;
    this.scheduled = true;
    requestAnimationFrame(() => this.#frame());
  }

  async #frame() {
    this.scheduled = false;
    const wish = this.wish;
    if (!wish) return;
    this.wish = null;
    this.busy = true;
    try {
      this.paint(await this.decode(wish), wish);
    } catch {
      // The decoder was exchanged under this wish; the next one asks the new decoder.
    } finally {
      this.busy = false;
      this.#schedule();
    }
  }
}
