// What the map shows besides the ring, each with a switch: the traces that Python drew, and the
// grid of decoded pictures, whose decoder is a second one in a worker.

import { Manifold } from "./manifold.js";
import { NAMES } from "./map.js";

export class Overlays {
  // distant: the Decoder in the worker; ready(): the grid may be placed
  constructor(canvas, map, distant, { done, ready }) {
    Object.assign(this, { map, distant, ready });
    this.manifold = new Manifold(canvas, {
      decode: (z) => distant.decode(z, this.latent.size, this.label),
      done,
    });
  }

  configure({ output }, latent) {
    this.latent = latent;
    this.pictures = output.kind === "image" && !latent.flat;
    if (this.pictures) this.manifold.configure(output);
    else this.switch("manifold", false);
  }

  switch(name, on) {
    if (name !== "manifold") return this.map.switch(name, on);
    this.manifold.switch(on);
    this.map.fade(on);
    if (on) this.#start();
  }

  // Another decoder; the worker takes it, or starts with it, once somebody wants the grid.
  open(url, classes) {
    Object.assign(this, { url, classes });
    if (this.manifold.on) this.#start();
  }

  // Keeps the grid on the axes, and true to what lies off the plane and to the class.
  place(z, label) {
    if (!this.manifold.on || !this.distant.ready) return;
    this.label = label;
    const still = Array.from(this.latent.moved(z, [0, 0]), (value) => value.toFixed(3));
    this.manifold.follow(this.map, this.latent, z, `${this.url}|${label}|${still}`);
  }

  // able: whether the page's own decoder works
  entries(able) {
    const entries = this.map.overlays.map((name) => ({
      name,
      title: NAMES[name],
      on: this.map.shown[name],
      able: name !== "posterior" || this.map.ellipse.length > 0,
    }));
    const grid = { name: "manifold", title: "Decoded pictures", on: this.manifold.on, able: true };
    if (this.pictures && able && entries.length) entries.splice(1, 0, grid);
    return entries;
  }

  close() {
    this.manifold.stop();
    this.distant.close();
  }

  async #start() {
    await this.distant.open(this.url, this.classes);
    this.ready();
  }
}
