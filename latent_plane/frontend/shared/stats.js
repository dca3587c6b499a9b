// Numbers for benchmarks, in milliseconds of performance.now(): the plane's are on the shelf
// `window.latentPlaneStats[key]`, the drawing pad's in `window.padStats[key]`.
//
// painted     decoded pictures painted so far
// latencies   ring of the last 4096 times from a pointer event's arrival in the page to its picture
// ages        the same from the event's own time stamp, with the browser's wait for the next frame
// first       when the first picture (the server's) was painted
// ready       when the decoder could answer
// drawn       when the figure was there
// manifold    how long the last grid of pictures took

const SIZE = 4096;

export class Stats {
  constructor(key, shelf = "latentPlaneStats") {
    Object.assign(this, { painted: 0, first: null, ready: null, drawn: null, manifold: null });
    this.latencies = new Float32Array(SIZE);
    this.ages = new Float32Array(SIZE);
    window[shelf] ??= {};
    window[shelf][key] = this;
  }

  // What happens only once keeps its first time.
  note(moment) {
    this[moment] ??= performance.now();
  }

  count({ stamp, arrival }) {
    const now = performance.now();
    this.latencies[this.painted % SIZE] = now - arrival;
    this.ages[this.painted % SIZE] = now - stamp;
    this.painted += 1;
  }
}

// Numbers for benchmarks, in `window.stripStats[key]`, in milliseconds.
//
// ready       when the decoder could answer, of performance.now()
// decoded     how long the newest rows took, from their data to the last frame
// frames      how many frames the newest rows have
// played      paintings of all rows' moments so far
// followed    pictures of the plane's z painted so far
export class StripStats {
  constructor(key) {
    Object.assign(this, { ready: null, decoded: null, frames: 0, played: 0, followed: 0 });
    window.stripStats ??= {};
    window.stripStats[key] = this;
  }
}
