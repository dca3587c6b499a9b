// Numbers for benchmarks, in `window.latentPlaneStats[key]`, in milliseconds of performance.now().
//
// painted     decoded pictures painted so far
// latencies   ring of the last 4096 times from a pointer event to its picture on the canvas
// first       when the first picture (the server's) was painted
// ready       when the decoder could answer
// drawn       when the figure was there
// manifold    how long the last grid of pictures took

const SIZE = 4096;

export class Stats {
  constructor(key) {
    Object.assign(this, { painted: 0, first: null, ready: null, drawn: null, manifold: null });
    this.latencies = new Float32Array(SIZE);
    window.latentPlaneStats ??= {};
    window.latentPlaneStats[key] = this;
  }

  // What happens only once keeps its first time.
  note(moment) {
    this[moment] ??= performance.now();
  }

  count(since) {
    this.latencies[this.painted % SIZE] = performance.now() - since;
    this.painted += 1;
  }
}
