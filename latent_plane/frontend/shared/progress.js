// How much of what is on its way has come: for people on a slow network, who should see what of.

/** @typedef {{ bytes: number, share: number }} Part bytes over the network, and how much has come */
/** @typedef {{ done: number, total: number }} Coming in bytes over the network */

/** @type {Map<string, Part>} */
const parts = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * A download has begun.
 * @param {string} url
 * @param {number} bytes that it takes over the network
 */
export function begun(url, bytes) {
  parts.set(url, { bytes, share: 0 });
  tell();
}

/**
 * @param {string} url
 * @param {number} share of it that has come, at most 1
 */
export function arrived(url, share) {
  const part = parts.get(url);
  if (part) part.share = share;
  tell();
}

/**
 * It is over, well or not. What has come stays in the sum until nothing is on its way.
 * @param {string} url
 */
export function ended(url) {
  arrived(url, 1);
  if ([...parts.values()].every(({ share }) => share === 1)) parts.clear();
  tell();
}

/**
 * What is on its way, together with what came with it; null when nothing is.
 * @returns {Coming | null}
 */
export function coming() {
  if (!parts.size) return null;
  let [done, total] = [0, 0];
  for (const { bytes, share } of parts.values()) {
    done += bytes * share;
    total += bytes;
  }
  return { done, total };
}

/**
 * @param {() => void} listener
 * @returns {() => void} stops listening
 */
export function onProgress(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const SLOW = 3e6 / 8; // bytes a second
const ENOUGH = 100_000; // bytes that say something about the network

/**
 * Whether the page itself came slowly: then one thing after the other is better than all at once.
 * What came from the browser's cache counts for nothing.
 */
export function slowNetwork() {
  const files = /** @type {PerformanceResourceTiming[]} */ (
    performance.getEntriesByType("resource")
  ).filter(({ transferSize }) => transferSize > 0);
  const bytes = files.reduce((sum, { transferSize }) => sum + transferSize, 0);
  const start = Math.min(...files.map(({ startTime }) => startTime));
  const end = Math.max(...files.map(({ responseEnd }) => responseEnd));
  return bytes > ENOUGH && (1000 * bytes) / (end - start) < SLOW;
}

function tell() {
  for (const listener of [...listeners]) listener();
}
