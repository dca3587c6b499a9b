// The decoded pictures of all rows. A newer set of rows ends an older job; rows that stayed the
// same keep their pictures.

import { floats } from "../shared/encoding.js";
import { rgba } from "../shared/painter.js";

const BATCH = 24; // milliseconds of decoding between two paintings
const LARGEST = 64; // pictures a batch

export class Frames {
  // decoder: a Decoder; on: { arrived(row, frame), done(milliseconds), failed(message) }
  constructor(decoder, on) {
    Object.assign(this, { decoder, on, rows: [], job: 0, batch: 4, begun: 0 });
  }

  // rows: as Python sends them; source: what else the pictures depend on; frames of `seen(row)` come first
  set(rows, { source, output, seen }) {
    const before = new Map(this.rows.map((row) => [row.signature, row]));
    this.begun = performance.now();
    this.output = output;
    this.rows = rows.map(({ z, label, size, frames }) => {
      const signature = `${source}|${label}|${z}`;
      const pictures = before.get(signature)?.pictures ?? new Array(frames).fill(null);
      return { signature, pictures, label, size, z: floats(z) };
    });
    this.wishes = this.#ordered(seen);
    this.start();
  }

  // Goes on with what is missing, as soon as the decoder can.
  async start() {
    const job = ++this.job;
    if (!this.decoder.ready) return;
    try {
      while (job === this.job && this.wishes.length) {
        const some = this.wishes.slice(0, this.batch);
        const spent = await this.#decode(some, job);
        if (job !== this.job) return;
        this.wishes.splice(0, some.length);
        const next = Math.round((some.length * BATCH) / spent);
        this.batch = Math.max(1, Math.min(LARGEST, 2 * some.length, next));
      }
      if (job === this.job) this.on.done(performance.now() - this.begun);
    } catch (error) {
      if (job === this.job) this.on.failed(error.message);
    }
  }

  stop() {
    this.job += 1;
  }

  // The picture at `frame`, or the nearest that is there; null when there is none yet.
  nearest(row, frame) {
    const { pictures } = this.rows[row];
    for (let away = 0; away < pictures.length; away++) {
      const found = pictures[frame - away] ?? pictures[frame + away];
      if (found) return found;
    }
    return null;
  }

  picture(values) {
    const { width, height, channels } = this.output;
    return new ImageData(rgba(values, channels, new Uint8ClampedArray(4 * width * height)), width, height);
  }

  #ordered(seen) {
    const missing = ([row, frame]) => !this.rows[row].pictures[frame];
    const first = this.rows.flatMap((_, row) => seen(row).map((frame) => [row, frame]));
    const rest = this.rows.flatMap(({ pictures }, row) => pictures.map((_, frame) => [row, frame]));
    const once = new Map([...first, ...rest].filter(missing).map((wish) => [String(wish), wish]));
    return [...once.values()];
  }

  async #decode(wishes, job) {
    const before = performance.now();
    const { size } = this.rows[0];
    const points = new Float32Array(wishes.length * size);
    const labels = wishes.map(([row, frame]) => told(this.rows[row].label, frame));
    wishes.forEach(([row, frame], i) => {
      points.set(this.rows[row].z.subarray(frame * size, (frame + 1) * size), i * size);
    });
    const { values, width } = await this.decoder.decode(points, size, labels);
    if (job !== this.job) return null;
    wishes.forEach(([row, frame], i) => {
      this.rows[row].pictures[frame] = this.picture(values.subarray(i * width, (i + 1) * width));
      this.on.arrived(row, frame);
    });
    return Math.max(0.5, performance.now() - before);
  }
}

// A row's label is one for all its frames or one for each.
function told(label, frame) {
  return Array.isArray(label) ? label[frame] : label;
}
