// The elements of a component's own html.

/**
 * The first element inside `root` that `selector` names; the html without it is a mistake.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function query(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof (kind ?? HTMLElement))) throw new Error(`Expected ${selector}`);
  return /** @type {T} */ (element);
}

/**
 * All elements inside `root` that `selector` names.
 * @param {ParentNode} root
 * @param {string} selector
 */
export function queryAll(root, selector) {
  /** @type {NodeListOf<HTMLElement>} */
  const elements = root.querySelectorAll(selector);
  return [...elements];
}

/**
 * The canvas's context in two dimensions, which each browser has.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function drawingContext(canvas, settings) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
}

/**
 * Whether one of the fields `names` says something else now.
 * @template {object} T
 * @param {Partial<T>} before
 * @param {T} now
 * @param {...(keyof T)} names
 */
export function differs(before, now, ...names) {
  return names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
}
