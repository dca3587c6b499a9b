// Numbers for benchmarks, in `window.stripStats[key]`, in milliseconds.
//
// ready       when the decoder could answer, of performance.now()
// decoded     how long the newest rows took, from their data to the last frame
// frames      how many frames the newest rows have
// played      paintings of all rows' moments so far
// followed    pictures of the plane's z painted so far

export class Stats {
  constructor(key) {
    Object.assign(this, { ready: null, decoded: null, frames: 0, played: 0, followed: 0 });
    window.stripStats ??= {};
    window.stripStats[key] = this;
  }
}
