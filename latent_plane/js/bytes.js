// Numbers and sets of rows as base64 text, the way Python sends and wants them.

export function floats(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// Rows as a bitset, first row in the highest bit of the first byte.
export function packRows(rows) {
  if (!rows.length) return "";
  const bytes = new Uint8Array((rows.reduce((a, b) => Math.max(a, b), 0) >> 3) + 1);
  for (const row of rows) bytes[row >> 3] |= 0x80 >> (row & 7);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(text);
}

export function unpackRows(text) {
  const rows = [];
  const bytes = atob(text);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    for (let bit = 0; byte && bit < 8; bit++) if (byte & (0x80 >> bit)) rows.push(8 * i + bit);
  }
  return rows;
}
