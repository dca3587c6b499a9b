// Plotly from this server, once a page, and what every figure of ours needs of it.

import { absolute, download } from "./download.js";

let loading = null;

export function plotly(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("Plotly did not load"));
    };
    document.head.append(script);
  });
  return loading;
}

export async function figureAt(url) {
  return (await download(absolute(url))).json();
}

let capable = null;

// Without WebGL the same points are drawn as SVG: slower, but there.
export function drawable(figure) {
  capable ??= Boolean(document.createElement("canvas").getContext("webgl"));
  if (!capable) figure.data = figure.data.flatMap((trace) => withoutWebgl(trace, figure.layout));
  return figure;
}

function withoutWebgl(trace, layout) {
  if (trace.type === "splom") return panels(trace, layout);
  return trace.type === "scattergl" ? { ...trace, type: "scatter" } : trace;
}

// One scatter trace for each pair of dimensions below the diagonal, on the splom's own axes.
function panels({ dimensions, customdata, marker, name, meta, unselected }, layout) {
  const count = dimensions.length;
  const suffix = (i) => (i ? String(i + 1) : "");
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

function place(layout, axis, cell, count, title) {
  const width = 1 / (count - 1);
  const domain = [cell * width, cell * width + width * 0.92];
  layout[axis] = { ...layout[axis], domain, title: { ...layout[axis]?.title, text: title } };
}

// The page's own text colour and font, so that a figure changes with the theme.
export function themed(root) {
  const style = getComputedStyle(root);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    "font.color": read("--st-text-color", "#808b98"),
    "font.family": read("--st-font", "sans-serif"),
  };
}

export function indices(graph, overlay) {
  return graph.data.flatMap((trace, i) => (trace.meta?.overlay === overlay ? [i] : []));
}

// Marks the points of these rows and fades the others; an empty set unmarks all. Names and outlines
// under a lasso are no points of ours: they stay as they are.
export function mark(Plotly, graph, rows) {
  const chosen = graph._fullData.map(({ meta, customdata }) => {
    if (!rows.size || meta?.overlay !== "points") return null;
    const inside = [];
    for (let k = 0; k < customdata.length; k++) if (rows.has(customdata[k])) inside.push(k);
    return inside;
  });
  return Plotly.restyle(graph, { selectedpoints: chosen }, [...chosen.keys()]);
}

// The rows of Plotly's own selection event.
export function chosenRows(event) {
  const rows = (event?.points ?? []).map((point) => point.customdata);
  return new Set(rows.filter((row) => row !== undefined));
}
