// What each row's class makes of the z that a plane shows, while it moves there.

import { subscribe } from "../shared/bus.js";
import { LatestOnly } from "../shared/latest_only.js";

export class PlaneFollower {
  // decoder: a Decoder; paint(row, values)
  constructor(decoder, paint) {
    Object.assign(this, { decoder, rows: [], shown: null });
    this.stream = new LatestOnly(
      (wish) => this.#decode(wish),
      ({ values, width }, { labels }) =>
        labels.forEach((_, row) => paint(row, values.subarray(row * width, (row + 1) * width))),
    );
  }

  // plane: its key, or null for none
  follow(plane, rows) {
    this.rows = rows;
    if (plane !== this.plane) {
      this.close();
      if (plane) this.leave = subscribe(`shown:${plane}`, (message) => this.#hear(message));
    }
    this.plane = plane;
    this.renew();
  }

  renew() {
    const { shown, rows, decoder } = this;
    if (!shown || !rows.length || !decoder.ready || shown.z.length !== rows[0].size) return;
    this.stream.want({ z: shown.z, labels: rows.map(({ label }) => label) });
  }

  close() {
    this.leave?.();
    this.stream.forget();
    this.shown = null;
  }

  #hear(message) {
    this.shown = message && { z: Float32Array.from(message.z) };
    this.renew();
  }

  #decode({ z, labels }) {
    const points = new Float32Array(labels.length * z.length);
    labels.forEach((_, row) => points.set(z, row * z.length));
    return this.decoder.decode(points, z.length, labels);
  }
}
