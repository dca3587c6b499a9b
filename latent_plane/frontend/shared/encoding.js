// Numbers and sets of rows as base64 text, the way Python sends and wants them.

export function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function packBytes(values) {
  let text = "";
  for (let i = 0; i < values.length; i += 8192) {
    text += String.fromCharCode(...values.subarray(i, i + 8192));
  }
  return btoa(text);
}

export function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

// Rows as a bitset, first row in the highest bit of the first byte.
export function packRows(rows) {
  if (!rows.length) return "";
  const bits = new Uint8Array((rows.reduce((a, b) => Math.max(a, b), 0) >> 3) + 1);
  for (const row of rows) bits[row >> 3] |= 0x80 >> (row & 7);
  return packBytes(bits);
}

export function unpackRows(text) {
  const rows = [];
  bytes(text).forEach((byte, i) => {
    for (let bit = 0; byte && bit < 8; bit++) if (byte & (0x80 >> bit)) rows.push(8 * i + bit);
  });
  return rows;
}
