// Numbers for benchmarks and tests, in milliseconds of performance.now(), on the window.

const SIZE = 4096;

/** A plane's, in `window.latentPlaneStats[key]`, or a drawing pad's, in `window.padStats[key]`. */
export class Stats {
  /** Decoded pictures painted so far. */
  painted = 0;
  /** @type {number | null} when the first picture (the server's) was painted */
  first = null;
  /** @type {number | null} when the decoder could answer */
  ready = null;
  /** @type {number | null} when the figure was there */
  drawn = null;
  /** @type {number | null} how long the last grid of pictures took */
  manifold = null;
  /** Ring of the last times from a pointer event's arrival in the page to its picture. */
  latencies = new Float32Array(SIZE);
  /** The same from the event's own time stamp, with the browser's wait for the next frame. */
  ages = new Float32Array(SIZE);

  /**
   * @param {string} key
   * @param {"latentPlaneStats" | "padStats"} [shelf]
   */
  constructor(key, shelf = "latentPlaneStats") {
    window[shelf] ??= {};
    window[shelf][key] = this;
  }

  /**
   * What happens only once keeps its first time.
   * @param {"first" | "ready" | "drawn"} moment
   */
  note(moment) {
    this[moment] ??= performance.now();
  }

  /** @param {{ stamp: number, arrival: number }} wish that has been painted */
  count({ stamp, arrival }) {
    const now = performance.now();
    this.latencies[this.painted % SIZE] = now - arrival;
    this.ages[this.painted % SIZE] = now - stamp;
    this.painted += 1;
  }
}

/** Those of strips of pictures, in `window.stripStats[key]`. */
export class StripStats {
  /** @type {number | null} when the decoder could answer */
  ready = null;
  /** @type {number | null} how long the newest rows took, from their data to the last frame */
  decoded = null;
  /** How many frames the newest rows have. */
  frames = 0;
  /** Paintings of all rows' moments so far. */
  played = 0;
  /** Pictures of the plane's z painted so far. */
  followed = 0;

  /** @param {string} key */
  constructor(key) {
    window.stripStats ??= {};
    window.stripStats[key] = this;
  }
}
