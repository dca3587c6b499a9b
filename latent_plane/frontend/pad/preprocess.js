// From ink to a picture as the data have it.
//
// ink: { values: numbers from 0 to 255, row by row, width, height }; pictures: Uint8Array.

const SIDE = 28;
const LONGEST = 20;
const CENTRE = 14;

export const RECIPES = { mnist: asMnist, box: inBox };

// As MNIST was made (LeCun et al., 1998): the ink's longer side becomes 20 pixels, the centre of
// mass comes to pixel (14, 14), by whole pixels. null without ink.
export function asMnist(ink) {
  const box = bounds(ink);
  if (!box) return null;
  const cut = resized(ink, box, LONGEST / Math.max(box.width, box.height));
  const [x, y] = centroid(cut);
  const at = [Math.round(CENTRE - x), Math.round(CENTRE - y)];
  return placed(cut, at, SIDE, SIDE);
}

// The ink as large as it fits, in the middle. null without ink.
export function inBox(ink, { width, height }) {
  const box = bounds(ink);
  if (!box) return null;
  const cut = resized(ink, box, Math.min(width / box.width, height / box.height));
  const at = [Math.floor((width - cut.width) / 2), Math.floor((height - cut.height) / 2)];
  return placed(cut, at, width, height);
}

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

// Each new pixel is the mean of the area that it covers; along one axis, then the other.
function resized({ values, width }, box, scale) {
  const [columns, rows] = [box.width, box.height].map((side) => Math.max(1, Math.round(side * scale)));
  const across = new Float32Array(columns * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (box.top + y) * width + box.left;
    average(values, start, 1, box.width, across, y * columns, 1, columns);
  }
  const cut = new Float32Array(columns * rows);
  for (let x = 0; x < columns; x++) average(across, x, columns, box.height, cut, x, columns, rows);
  return { values: cut, width: columns, height: rows };
}

// Means of `count` equal parts of a row of `length` values, which lie `step` apart.
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

// Centre of mass, with pixel (0, 0) at the origin.
function centroid({ values, width }) {
  let [mass, x, y] = [0, 0, 0];
  values.forEach((value, i) => {
    mass += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
  });
  return [x / mass, y / mass];
}

function placed({ values, width, height }, [left, top], columns, rows) {
  const picture = new Uint8Array(columns * rows);
  for (let y = Math.max(0, -top); y < Math.min(height, rows - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, columns - left); x++) {
      picture[(y + top) * columns + x + left] = Math.round(values[y * width + x]);
    }
  }
  return picture;
}
