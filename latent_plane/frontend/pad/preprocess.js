// From ink to a picture as the data have it; `vae_core` does the same with uploaded images.

/** @import { PictureShape, Recipe } from "../shared/messages.d.ts" */

/** @typedef {Uint8Array | Float32Array} InkValues from 0 to 255, row by row */
/** @typedef {{ values: InkValues, width: number, height: number }} Ink */
/** @typedef {{ left: number, top: number, width: number, height: number }} Box */
/** @typedef {Pick<PictureShape, "width" | "height">} Size */

const SIDE = 28;
const LONGEST = 20;
const CENTRE = 14;

/** @type {Record<Recipe, (ink: Ink, output: Size) => Uint8Array | null>} */
export const RECIPES = { mnist: asMnist, box: inBox };

/**
 * As MNIST was made (LeCun et al., 1998): the ink's longer side becomes 20 pixels, the centre of
 * mass comes to pixel (14, 14), by whole pixels. null without ink.
 * @param {Ink} ink
 */
export function asMnist(ink) {
  const box = bounds(ink);
  if (!box) return null;
  const cut = resized(ink, box, LONGEST / Math.max(box.width, box.height));
  const [x, y] = centroid(cut);
  return placed(cut, Math.round(CENTRE - x), Math.round(CENTRE - y), SIDE, SIDE);
}

/**
 * The ink as large as it fits, in the middle. null without ink.
 * @param {Ink} ink
 * @param {Size} output
 */
export function inBox(ink, { width, height }) {
  const box = bounds(ink);
  if (!box) return null;
  const cut = resized(ink, box, Math.min(width / box.width, height / box.height));
  const [left, top] = [(width - cut.width) / 2, (height - cut.height) / 2].map(Math.floor);
  return placed(cut, left, top, width, height);
}

/**
 * @param {Ink} ink
 * @returns {Box | null}
 */
function bounds({ values, width, height }) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!values[i]) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (top > y) top = y;
      bottom = y;
    }
  }
  return bottom < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * Each new pixel is the mean of the area that it covers; along one axis, then the other.
 * @param {Ink} ink
 * @param {Box} box
 * @param {number} scale
 * @returns {Ink & { values: Float32Array }}
 */
function resized({ values, width }, box, scale) {
  const columns = Math.max(1, Math.round(box.width * scale));
  const rows = Math.max(1, Math.round(box.height * scale));
  const across = new Float32Array(columns * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (box.top + y) * width + box.left;
    average(values, start, 1, box.width, across, y * columns, 1, columns);
  }
  const cut = new Float32Array(columns * rows);
  for (let x = 0; x < columns; x++) average(across, x, columns, box.height, cut, x, columns, rows);
  return { values: cut, width: columns, height: rows };
}

/**
 * Means of `count` equal parts of a row of `length` values, which lie `step` apart.
 * @param {InkValues} from
 * @param {number} start
 * @param {number} step
 * @param {number} length
 * @param {Float32Array} to
 * @param {number} at
 * @param {number} stride
 * @param {number} count
 */
function average(from, start, step, length, to, at, stride, count) {
  const size = length / count;
  for (let k = 0; k < count; k++) {
    const [low, high] = [k * size, Math.min(length, (k + 1) * size)];
    let sum = 0;
    for (let i = Math.floor(low); i < high; i++) {
      sum += from[start + i * step] * (Math.min(high, i + 1) - Math.max(low, i));
    }
    to[at + k * stride] = sum / size;
  }
}

/**
 * Centre of mass, with pixel (0, 0) at the origin.
 * @param {{ values: Float32Array, width: number }} cut
 */
function centroid({ values, width }) {
  let [mass, x, y] = [0, 0, 0];
  values.forEach((value, i) => {
    mass += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
  });
  return [x / mass, y / mass];
}

/**
 * @param {Ink} cut
 * @param {number} left
 * @param {number} top
 * @param {number} columns
 * @param {number} rows
 */
function placed({ values, width, height }, left, top, columns, rows) {
  const picture = new Uint8Array(columns * rows);
  for (let y = Math.max(0, -top); y < Math.min(height, rows - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, columns - left); x++) {
      picture[(y + top) * columns + x + left] = Math.round(values[y * width + x]);
    }
  }
  return picture;
}
