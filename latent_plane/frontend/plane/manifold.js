// Decoded pictures under the points, on the axes of the map, cell by cell between the frames.

import { rgba } from "../shared/painter.js";

const CELL = 34; // pixels of the screen, about
const BATCH = 12; // milliseconds of decoding between two paintings
const PAUSE = 180;

export class Manifold {
  // decode(z) -> promise of { values, width }; done(milliseconds)
  constructor(canvas, { decode, done }) {
    Object.assign(this, { canvas, decode, done, on: false, job: 0, batch: 4 });
    this.context = canvas.getContext("2d");
  }

  configure(output) {
    this.output = output;
    this.drawn = null;
  }

  switch(on) {
    this.on = on;
    this.drawn = null;
    this.canvas.hidden = !on;
    if (!on) this.stop();
  }

  stop() {
    this.job += 1;
    clearTimeout(this.timer);
  }

  // Follows the axes at once, and decodes anew when they or `signature` have changed and rest.
  follow(map, latent, z, signature) {
    if (!this.on || !map.drawn) return;
    this.#stretch(map);
    const [[u0, u1], [v0, v1]] = map.range;
    const state = `${[u0, u1, v0, v1]}|${signature}`;
    if (state === this.wanted && (this.drawn === state || this.timer)) return;
    this.wanted = state;
    this.stop();
    this.timer = setTimeout(() => this.#draw(map, latent, z, state), PAUSE);
  }

  // Lays the canvas, drawn for its own range, over the same range of the axes as they are now.
  #stretch(map) {
    const { left, top, width, height } = map.frame;
    const style = this.canvas.style;
    if (this.range) {
      const [[u0, u1], [v0, v1]] = this.range;
      const [x0, y0] = map.pixel([u0, v1]);
      const [x1, y1] = map.pixel([u1, v0]);
      const [sx, sy] = [(x1 - x0) / this.size[0], (y1 - y0) / this.size[1]];
      style.transform = `matrix(${sx}, 0, 0, ${sy}, ${x0}, ${y0})`;
      const inset = [(top - y0) / sy, (x1 - left - width) / sx, (y1 - top - height) / sy];
      style.clipPath = `inset(${[...inset, (left - x0) / sx].map((n) => `${Math.max(0, n)}px`).join(" ")})`;
    }
  }

  async #draw(map, latent, z, state) {
    this.timer = null;
    const job = ++this.job;
    const begun = performance.now();
    const { cells, columns, rows } = this.#prepare(map);
    const [[u0, u1], [v0, v1]] = this.range;
    const at = (cell) => [
      u0 + ((cell % columns) + 0.5) * ((u1 - u0) / columns),
      v1 - (Math.floor(cell / columns) + 0.5) * ((v1 - v0) / rows),
    ];
    for (let next = 0; next < cells.length; ) {
      const some = cells.slice(next, next + this.batch);
      const points = new Float32Array(some.length * z.length);
      some.forEach((cell, i) => points.set(latent.moved(z, at(cell)), i * z.length));
      const { values, width, spent } = await this.#timed(points).catch(() => ({}));
      if (job !== this.job || !values) return;
      some.forEach((cell, i) => this.#paint(values.subarray(i * width, (i + 1) * width), cell, columns));
      next += some.length;
      this.batch = Math.max(1, Math.min(64, Math.round((some.length * BATCH) / spent)));
    }
    this.drawn = state;
    this.done(performance.now() - begun);
  }

  // Cells from the middle outward, so that what one looks at comes first.
  #prepare(map) {
    const { width, height } = map.frame;
    const aspect = this.output.width / this.output.height;
    const columns = Math.max(4, Math.round(width / (CELL * Math.sqrt(aspect))));
    const rows = Math.max(4, Math.round(height / (CELL / Math.sqrt(aspect))));
    const size = [columns * this.output.width, rows * this.output.height];
    Object.assign(this.canvas, { width: size[0], height: size[1] });
    [this.canvas.style.width, this.canvas.style.height] = [`${size[0]}px`, `${size[1]}px`];
    this.size = size;
    this.range = map.range.map((ends) => [...ends]);
    this.#stretch(map);
    const away = (cell) =>
      Math.hypot((cell % columns) - columns / 2 + 0.5, Math.floor(cell / columns) - rows / 2 + 0.5);
    const cells = Array.from({ length: columns * rows }, (_, cell) => cell);
    return { cells: cells.sort((a, b) => away(a) - away(b)), columns, rows };
  }

  async #timed(points) {
    const before = performance.now();
    const answer = await this.decode(points);
    return { ...answer, spent: Math.max(0.5, performance.now() - before) };
  }

  #paint(values, cell, columns) {
    const { width, height, channels } = this.output;
    if (this.image?.width !== width || this.image?.height !== height) {
      this.image = this.context.createImageData(width, height);
    }
    rgba(values, channels, this.image.data);
    this.context.putImageData(this.image, (cell % columns) * width, Math.floor(cell / columns) * height);
  }
}
