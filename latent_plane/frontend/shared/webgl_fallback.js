// Without WebGL the same points are drawn as SVG: slower, but there.

/** @import { Figure, Layout, Trace } from "./plotly_types.d.ts" */

/** @type {boolean | null} */
let capable = null;

/**
 * The figure as this browser can draw it.
 * @param {Figure} figure
 * @returns {Figure}
 */
export function drawable(figure) {
  capable ??= Boolean(document.createElement("canvas").getContext("webgl"));
  return capable ? figure : withoutWebgl(figure);
}

/**
 * @param {Figure} figure
 * @returns {Figure}
 */
export function withoutWebgl({ data, layout }) {
  const axes = { ...layout };
  return { data: data.flatMap((trace) => replaced(trace, axes)), layout: axes };
}

/**
 * @param {Trace} trace
 * @param {Layout} layout gets the axes that the trace's own kind made
 */
function replaced(trace, layout) {
  if (trace.type === "splom") return panels(trace, layout);
  return trace.type === "scattergl" ? { ...trace, type: "scatter" } : trace;
}

/**
 * One scatter trace for each pair of dimensions below the diagonal, on the splom's own axes.
 * @param {Trace} trace
 * @param {Layout} layout
 */
function panels({ dimensions = [], customdata, marker, name, meta, unselected }, layout) {
  const count = dimensions.length;
  const suffix = (/** @type {number} */ i) => (i ? String(i + 1) : "");
  /** @type {Trace[]} */
  const traces = [];
  for (let row = 1; row < count; row++) {
    for (let column = 0; column < row; column++) {
      const [x, y] = [dimensions[column].values, dimensions[row].values];
      const axes = { xaxis: `x${suffix(column)}`, yaxis: `y${suffix(row)}` };
      const shared = { type: "scatter", mode: "markers", hoverinfo: "skip", showlegend: false };
      traces.push({ ...shared, x, y, customdata, marker, name, meta, unselected, ...axes });
      place(layout, `xaxis${suffix(column)}`, column, count, dimensions[column].label);
      place(layout, `yaxis${suffix(row)}`, count - 1 - row, count, dimensions[row].label);
    }
  }
  return traces;
}

/**
 * @param {Layout} layout
 * @param {`xaxis${string}` | `yaxis${string}`} name of the axis
 * @param {number} cell
 * @param {number} count
 * @param {string} title
 */
function place(layout, name, cell, count, title) {
  const width = 1 / (count - 1);
  const axis = layout[name];
  layout[name] = {
    ...axis,
    domain: [cell * width, cell * width + width * 0.92],
    title: { ...axis?.title, text: title },
  };
}
