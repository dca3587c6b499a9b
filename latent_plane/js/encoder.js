// A graph that makes the posterior's mean and log variance of x.

import { Graph } from "./graph.js";

export class Encoder extends Graph {
  // x: Float32Array of one example; shape: its own -> { mean, logVar }
  async encode(x, shape, label) {
    const feeds = { x: [x, [1, ...shape]] };
    const y = this.condition(1, label);
    if (y) feeds.y = [y, [1, y.length]];
    const { mean, log_var: logVar } = await this.engine.run(feeds);
    return { mean, logVar };
  }
}
