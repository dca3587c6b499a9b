// A graph that makes x of z.

import { Graph } from "./graph.js";

export class Decoder extends Graph {
  // z: Float32Array of one or more points, one after the other; label: one for all of them, or an
  // array with one each -> { values, width }
  decode(z, size, label) {
    return this.engine.decode(z, size, this.condition(z.length / size, label));
  }
}
