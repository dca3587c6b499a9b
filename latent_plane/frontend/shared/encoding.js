// Numbers and sets of rows as base64 text, the way Python sends and wants them.

const CHUNK = 8192; // arguments that a call may have in each browser

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** @param {Uint8Array} values */
export function packBytes(values) {
  let text = "";
  for (let i = 0; i < values.length; i += CHUNK) {
    text += String.fromCharCode(...values.subarray(i, i + CHUNK));
  }
  return btoa(text);
}

/** @param {string} text */
export function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

/**
 * Rows as a bitset, first row in the highest bit of the first byte.
 * @param {number[]} rows
 */
export function packRows(rows) {
  if (!rows.length) return "";
  const bits = new Uint8Array((rows.reduce((a, b) => Math.max(a, b), 0) >> 3) + 1);
  for (const row of rows) bits[row >> 3] |= 0x80 >> (row & 7);
  return packBytes(bits);
}

/** @param {string} text */
export function unpackRows(text) {
  /** @type {number[]} */
  const rows = [];
  bytes(text).forEach((byte, i) => {
    for (let bit = 0; byte && bit < 8; bit++) if (byte & (0x80 >> bit)) rows.push(8 * i + bit);
  });
  return rows;
}
