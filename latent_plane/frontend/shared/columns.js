// What a decoder's parameters say of a column of a table; Python's are in `vae_core/datasets/heads.py`
// and `vae_core/datasets/cell_text.py`.

import { written } from "./numbers.js";

/** @import { Bar } from "./messages.d.ts" */

const MILLISECONDS = { days: 86_400_000, s: 1000 };
const DAY = 10; // characters of 2026-01-31
const SECOND = 19; // and of 2026-01-31T12:00:00

/**
 * The most plausible value: of categories its number, the most probable one's or, where they are in
 * order, the median's; else the number in its unit.
 * @param {Bar} bar
 * @param {Float32Array} parameters
 */
export function plausible(bar, parameters) {
  const { kind, start, width, offset } = bar;
  if (!bar.categories.length) return parameters[start] + offset;
  if (kind === "binary") return Number(parameters[start] > 0.5);
  const shares = parameters.subarray(start, start + width);
  return kind === "ordinal" ? median(shares) : shares.indexOf(Math.max(...shares));
}

/**
 * The probability of each category.
 * @param {Bar} bar
 * @param {Float32Array} parameters
 * @returns {number[]}
 */
export function sharesOf({ kind, start, width }, parameters) {
  if (kind === "binary") return [1 - parameters[start], parameters[start]];
  return Array.from(parameters.subarray(start, start + width));
}

/**
 * A number as people read it, with its unit; a date as a date.
 * @param {Bar} bar
 * @param {number} value
 */
export function cellText(bar, value) {
  const { unit, since, whole } = bar;
  if (since) return instant(since, value, unit);
  const text = whole ? written(Math.round(value), 0) : short(value);
  return unit ? `${text} ${unit}` : text;
}

/** @param {number} value */
export function short(value) {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4;
  return written(value, digits);
}

/** @param {Float32Array} shares */
function median(shares) {
  let sum = 0;
  return Math.max(
    0,
    shares.findIndex((share) => {
      sum += share;
      return sum >= 0.5;
    }),
  );
}

/**
 * @param {string} since
 * @param {number} value
 * @param {string} unit
 */
function instant(since, value, unit) {
  const begins = Date.parse(since.length > DAY ? `${since.replace("Z", "")}Z` : since);
  const moment = new Date(begins + value * MILLISECONDS[unit === "days" ? "days" : "s"]);
  if (Number.isNaN(moment.getTime())) return short(value);
  const text = moment.toISOString();
  return unit === "days" ? text.slice(0, DAY) : text.slice(0, SECOND).replace("T", " ");
}
