// Shows what the decoder answers: its picture in the panel, and its ghost in the matrix.

import { painterFor } from "../shared/painter.js";
import { LatestOnly } from "../shared/latest_only.js";

export class OutputView {
  // matrix: a ScatterMatrix; stats: a Stats
  constructor(host, decoder, matrix, stats) {
    Object.assign(this, { host, matrix });
    const paint = ({ values }, wish) => {
      this.paint(values);
      stats.count(wish);
    };
    const decode = ({ z, label }) => decoder.decode(Float32Array.from(z), z.length, label);
    this.stream = new LatestOnly(decode, paint);
  }

  configure(output) {
    this.painter = painterFor(output, this.host);
  }

  // stamp: of the event that asks for the picture of z
  want(z, label, stamp) {
    this.stream.want({ z, label, stamp, arrival: performance.now() });
  }

  paint(values) {
    this.painter.paint(values);
    this.matrix.ghost(values);
  }

  forget() {
    this.stream.forget();
  }
}
