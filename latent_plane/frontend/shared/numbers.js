// Numbers as people read them; Python's are in `vae_core/text.py`.

/**
 * With a true minus sign, which no zero has.
 * @param {number} value
 * @param {number} digits after the point
 */
export function written(value, digits) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
