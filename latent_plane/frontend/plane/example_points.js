// Where examples and the names of their classes go when training has moved the examples.

/** @import { Trace, Values } from "../shared/plotly_types.d.ts" */

/** @typedef {{ width: number, values: Float32Array }} RowPoints values (n, width) by row */
/** @typedef {{ trace: number, x: Values, y: Values }} Place of the points of a trace */

/**
 * @param {Trace[]} traces as they are drawn
 * @param {RowPoints} points
 * @returns {Place[]} of the examples and of their names
 */
export function moved(traces, points) {
  const of = (/** @type {string} */ overlay) =>
    traces.flatMap(({ meta }, i) => (meta?.overlay === overlay ? [i] : []));
  const examples = of("points").map((i) => examplePlace(traces[i], i, points));
  const groups = new Map(examples.map((place) => [traces[place.trace].legendgroup, place]));
  const names = of("labels").flatMap((i) => {
    const examples = groups.get(traces[i].legendgroup);
    return examples ? [namePlace(traces[i], i, examples, points.width)] : [];
  });
  return [...examples, ...names];
}

/** @param {Values} values */
export function median(values) {
  const sorted = Float32Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * @param {Trace} drawn
 * @param {number} trace
 * @param {RowPoints} points
 * @returns {Place}
 */
function examplePlace({ customdata = [], y = [] }, trace, { width, values }) {
  const rows = Array.from(customdata);
  return {
    trace,
    x: rows.map((row) => values[row * width]),
    y: width > 1 ? rows.map((row) => values[row * width + 1]) : y,
  };
}

/**
 * @param {Trace} drawn
 * @param {number} trace
 * @param {Place} examples of the same class
 * @param {number} width
 * @returns {Place}
 */
function namePlace({ y = [] }, trace, examples, width) {
  return { trace, x: [median(examples.x)], y: width > 1 ? [median(examples.y)] : y };
}
