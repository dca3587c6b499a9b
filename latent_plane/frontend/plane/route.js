// Anchors on the map and the paths between them. The handles are the browser's until Python puts
// them elsewhere, which a greater `arrangement` says.

import { Anchors } from "./anchors.js";
import { subscribe } from "../shared/bus.js";
import { described } from "./latent.js";
import { Paths } from "./paths.js";

export class Route {
  // on: { look(z, stamp), leave(), rest(text) }: show a point, show the ring again, tell Python
  constructor(root, map, on) {
    const find = (name) => root.querySelector(`.lp-${name}`);
    Object.assign(this, { map, on, points: [], arrangement: null });
    this.paths = new Paths(find("paths"), find("legend"));
    this.anchors = new Anchors(find("anchors"), {
      grab: (index) => this.#look(index),
      move: (index, pixel, stamp) => this.#move(index, this.map.data(pixel), stamp),
      step: (index, share, stamp) => this.#step(index, share, stamp),
      rest: (index) => this.#rest(index),
      look: (index) => this.#look(index),
      leave: () => on.leave(),
      wheel: (event) => map.wheel(event),
    });
  }

  // What goes with every message to Python.
  get message() {
    const anchors = this.points.length ? this.points.map((z) => Array.from(z)) : null;
    return { anchors, arrangement: this.arrangement };
  }

  update({ anchors, arrangement, paths, paths_follow: player }, latent) {
    this.latent = latent;
    this.#follow(player);
    const lines = JSON.stringify(paths);
    if (lines !== this.lines) this.paths.set(paths);
    this.lines = lines;
    if (this.anchors.dragging && this.points[0].length === latent.size) return;
    if (arrangement !== this.arrangement) {
      this.arrangement = arrangement;
      this.points = anchors.map((z) => Float32Array.from(z));
      this.anchors.count(anchors.length);
    }
    this.paths.stale(false);
    this.place();
  }

  // Puts all where the axes now have it.
  place() {
    if (!this.map.drawn) return;
    const corners = this.points.map((z) => this.latent.project(z));
    this.anchors.place(this.map.frame, corners.map((corner) => this.map.pixel(corner)));
    this.paths.place(this.map, corners);
  }

  close() {
    this.leave?.();
    this.anchors.close();
  }

  #follow(player) {
    if (player === this.player) return;
    this.leave?.();
    this.player = player;
    this.paths.at(null);
    this.leave = player && subscribe(`playing:${player}`, (moment) => this.paths.at(moment?.t ?? null));
  }

  #look(index) {
    this.on.look(this.points[index], performance.now());
  }

  #step(index, share, stamp) {
    this.#move(index, this.map.stepped(this.latent.project(this.points[index]), share), stamp);
  }

  #move(index, at, stamp) {
    this.points[index] = this.latent.moved(this.points[index], at);
    this.paths.stale(true);
    this.place();
    this.on.look(this.points[index], stamp);
  }

  #rest(index) {
    this.on.rest(`Anchor ${index + 1} at ${described(this.points[index], this.latent)}`);
  }
}
