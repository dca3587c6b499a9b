// What changes around figures: the room that they have, and the theme of the page.

export class ResizeAndTheme {
  // figures: each with resize() and recolour()
  constructor(root, hosts, figures) {
    Object.assign(this, { root, figures });
    this.observer = new ResizeObserver(() => this.#resized());
    for (const host of hosts) this.observer.observe(host);
  }

  // Looks whether the theme is another one.
  look() {
    const theme = getComputedStyle(this.root).getPropertyValue("--st-text-color");
    if (this.theme !== undefined && this.theme !== theme) {
      for (const figure of this.figures) figure.recolour();
    }
    this.theme = theme;
  }

  close() {
    this.observer.disconnect();
  }

  #resized() {
    clearTimeout(this.resizing);
    this.resizing = setTimeout(() => {
      for (const figure of this.figures) figure.resize();
    }, 60);
  }
}
