// One stop of the Tab key for all thumbnails; the arrows walk among them.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class RovingFocus {
  constructor(host) {
    this.host = host;
    host.addEventListener("keydown", (event) => this.#key(event));
    host.addEventListener("focusin", ({ target }) => this.#stop(target));
  }

  // After thumbnails came or went: some one is reachable.
  refresh() {
    const thumbs = [...this.host.querySelectorAll(".ps-frame")];
    this.#stop(thumbs.includes(this.current) ? this.current : thumbs[0]);
  }

  #stop(target) {
    if (!target?.matches(".ps-frame")) return;
    for (const thumb of this.host.querySelectorAll(".ps-frame")) thumb.tabIndex = -1;
    target.tabIndex = 0;
    this.current = target;
  }

  #key(event) {
    const step = STEPS[event.key];
    if (!step || !event.target.matches(".ps-frame")) return;
    event.preventDefault();
    const strips = [...this.host.querySelectorAll(".ps-strip")].filter((strip) => strip.children.length);
    const row = strips.indexOf(event.target.parentElement);
    const column = [...strips[row].children].indexOf(event.target);
    const strip = strips[row + step[0]] ?? strips[row];
    strip.children[Math.min(column + step[1], strip.children.length - 1)]?.focus();
  }
}
