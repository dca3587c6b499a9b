// Plotly from this server, once a page, and all of its private fields that we look at.

import { absolute, downloadJson, loadScript } from "./download.js";

/**
 * @import {
 *   DrawnAxes, DrawnAxis, Figure, Font, Frame, Graph, Layout, PlotlyApi, Point, PointsTrace,
 *   Ranges, SelectionEvent, Trace,
 * } from "./plotly_types.d.ts"
 */

/** @type {Promise<PlotlyApi> | null} */
let loading = null;

/**
 * @param {string} url
 * @returns {Promise<PlotlyApi>}
 */
export function plotly(url) {
  loading ??= loadScript(absolute(url)).then(() => {
    if (!window.Plotly) throw new Error("Plotly did not start");
    return window.Plotly;
  });
  loading.catch(() => {
    loading = null; // the next one to ask tries again
  });
  return loading;
}

/**
 * @param {string} url
 * @returns {Promise<Figure>}
 */
export function figureAt(url) {
  return downloadJson(absolute(url));
}

/**
 * The element in which Plotly draws, or will draw.
 * @param {HTMLElement} host
 */
export function graphIn(host) {
  return /** @type {Graph} */ (host);
}

/**
 * The page's own text colour and font, so that a figure changes with the theme.
 * @param {Element} root
 * @returns {Font}
 */
export function themeFont(root) {
  const style = getComputedStyle(root);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    color: read("--st-text-color") || "#808b98",
    family: read("--st-font") || "sans-serif",
  };
}

/**
 * The layout with the page's own text colour and font.
 * @param {Layout} layout
 * @param {Element} root
 * @returns {Layout}
 */
export function themed(layout, root) {
  return { ...layout, font: { ...layout.font, ...themeFont(root) } };
}

/**
 * Gives the figure that is drawn the text colour and font that the page has now.
 * @param {PlotlyApi} Plotly
 * @param {Graph} graph
 * @param {Element} root
 */
export function recolour(Plotly, graph, root) {
  const { color, family } = themeFont(root);
  return Plotly.relayout(graph, { "font.color": color, "font.family": family });
}

/** @param {Graph} graph */
export function isDrawn(graph) {
  return Boolean(graph._fullLayout?.xaxis);
}

/**
 * The axes of a figure with one plot; null before it is drawn.
 * @param {Graph} graph
 * @returns {DrawnAxes | null}
 */
export function axesOf(graph) {
  return graph._fullLayout ?? null;
}

/**
 * Rectangle of the plot inside the host; only of a figure that is drawn.
 * @param {Graph} graph
 * @returns {Frame}
 */
export function frameOf(graph) {
  const { l, t, w, h } = drawn(graph)._size;
  return { left: l, top: t, width: w, height: h };
}

/**
 * The ends of both axes as they are now; only of a figure that is drawn.
 * @param {Graph} graph
 * @returns {Ranges}
 */
export function rangesOf(graph) {
  const { xaxis, yaxis } = drawn(graph);
  return [xaxis.range, yaxis.range];
}

/**
 * The ends of both axes as the figure was made.
 * @param {Graph} graph
 * @returns {Ranges}
 */
export function initialRangesOf(graph) {
  const { xaxis, yaxis } = drawn(graph);
  const ends = (/** @type {DrawnAxis} */ axis) =>
    /** @type {Point} */ ([axis._rangeInitial0, axis._rangeInitial1]);
  return [ends(xaxis), ends(yaxis)];
}

/**
 * The pairs of axes of all plots of a figure; none before it is drawn.
 * @param {Graph} graph
 * @returns {DrawnAxes[]}
 */
export function panelsOf(graph) {
  return Object.values(graph._fullLayout?._plots ?? {});
}

/**
 * The number of an axis, from 0.
 * @param {DrawnAxis} axis "x" or "y3"
 */
export function numberOf(axis) {
  return Number(axis._id.slice(1) || "1") - 1;
}

/**
 * Pixel inside the host at which an axis has `value`.
 * @param {DrawnAxis} axis
 * @param {number} value
 */
export function pixelAt(axis, value) {
  return axis._offset + axis.d2p(value);
}

/**
 * The same, but never beyond the axis's ends.
 * @param {DrawnAxis} axis
 * @param {number} value
 */
export function pixelWithin(axis, value) {
  return axis._offset + Math.min(axis._length, Math.max(0, axis.d2p(value)));
}

/**
 * Where an axis begins inside the host, and its length, in pixels.
 * @param {DrawnAxis} axis
 */
export function extentOf(axis) {
  return { start: axis._offset, length: axis._length };
}

/**
 * The traces as they are drawn, with all that Plotly has completed.
 * @param {Graph} graph
 * @returns {Trace[]}
 */
export function tracesOf(graph) {
  return graph._fullData ?? [];
}

/**
 * The drawn traces of the examples.
 * @param {Graph} graph
 */
export function examplesOf(graph) {
  return /** @type {PointsTrace[]} */ (
    tracesOf(graph).filter(({ meta }) => meta?.overlay === "points")
  );
}

/**
 * Numbers of the traces of an overlay.
 * @param {Graph} graph
 * @param {string} overlay
 */
export function indices(graph, overlay) {
  return (graph.data ?? []).flatMap(({ meta }, i) => (meta?.overlay === overlay ? [i] : []));
}

/**
 * Marks the points of these rows and fades the others; an empty set unmarks all. Names and
 * outlines under a lasso are no points of ours: they stay as they are.
 * @param {PlotlyApi} Plotly
 * @param {Graph} graph
 * @param {Set<number>} rows
 */
export function mark(Plotly, graph, rows) {
  const chosen = tracesOf(graph).map(({ meta, customdata }) => {
    if (!rows.size || meta?.overlay !== "points" || !customdata) return null;
    const inside = [];
    for (let k = 0; k < customdata.length; k++) if (rows.has(customdata[k])) inside.push(k);
    return inside;
  });
  return Plotly.restyle(graph, { selectedpoints: chosen }, [...chosen.keys()]);
}

/**
 * The rows of Plotly's own selection event.
 * @param {SelectionEvent | undefined} event
 */
export function chosenRows(event) {
  const rows = (event?.points ?? []).map((point) => point.customdata);
  return new Set(rows.filter((row) => row !== undefined));
}

/**
 * The name that the clicked point carries, null for one without.
 * @param {SelectionEvent | undefined} event
 */
export function pickedName(event) {
  /** @type {unknown} */
  const carried = event?.points?.[0]?.customdata;
  const name = Array.isArray(carried) ? carried[0] : null;
  return typeof name === "string" ? name : null;
}

/** @param {Graph} graph */
function drawn(graph) {
  if (!graph._fullLayout) throw new Error("the figure is not drawn");
  return graph._fullLayout;
}
