// The figure of the latent plane: mounts it, knows where its data lie on the screen.

import { floats } from "../shared/encoding.js";
import {
  examplesOf,
  figureAt,
  frameOf,
  graphIn,
  indices,
  initialRangesOf,
  isDrawn,
  mark,
  plotly,
  rangesOf,
  recolour,
  themed,
  themeFont,
  tracesOf,
} from "../shared/plotly.js";
import { drawable } from "../shared/webgl_fallback.js";
import { moved } from "./example_points.js";
import { within } from "./lasso.js";

/** @import { PackedPoints } from "../shared/messages.d.ts" */
/** @import { Figure, Graph, PlotlyApi, Point, Trace } from "../shared/plotly_types.d.ts" */
/** @import { RowPoints } from "./example_points.js" */

const CONFIG = {
  displayModeBar: false,
  scrollZoom: true,
  doubleClick: "reset",
  displaylogo: false,
};
const FADED = 0.5; // of points over pictures

export class LatentMap {
  /** Rows that are marked. @type {Set<number>} */
  rows = new Set();
  /** What the person has switched, by overlay. @type {Record<string, boolean>} */
  shown = {};
  /** Flattened (k, 2) outline of the posterior of the clicked example; empty for none. */
  ellipse = new Float32Array();
  /** @type {Element} */
  #root;
  /** @type {Graph} */
  #graph;
  /** @type {{ changed: () => void, settled: () => void }} */
  #on;
  /** @type {PlotlyApi | null} */
  #plotly = null;
  /** @type {"pan" | false} what Plotly does while a button is down */
  #drag = false;
  #faded = false;
  #listening = false;
  #ticket = 0;
  /** @type {RowPoints | null} where the examples are now, if not where the figure has them */
  #points = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} host
   * @param {{ changed: () => void, settled: () => void }} on the axes are moving; the figure has
   *   been drawn
   */
  constructor(root, host, on) {
    this.#root = root;
    this.#graph = graphIn(host);
    this.#on = on;
  }

  /**
   * @param {string} plotlyUrl
   * @param {string} figureUrl
   * @param {boolean} flat whether the second axis means nothing
   */
  async show(plotlyUrl, figureUrl, flat) {
    const ticket = ++this.#ticket;
    const [Plotly, figure] = await Promise.all([plotly(plotlyUrl), figureAt(figureUrl)]);
    if (ticket !== this.#ticket) return;
    this.#plotly = Plotly;
    const { data, layout } = this.#prepared(drawable(figure), flat);
    await Plotly.react(this.#graph, data, layout, CONFIG);
    this.#listen();
    this.#place();
    if (this.ellipse.length) this.outline(this.ellipse);
    if (this.rows.size) await this.mark(this.rows);
    this.#on.settled();
  }

  get overlays() {
    return new Set((this.#graph.data ?? []).map(({ meta }) => meta?.overlay));
  }

  get drawn() {
    return isDrawn(this.#graph);
  }

  /** Rectangle of the plot inside the host, in pixels. */
  get frame() {
    return frameOf(this.#graph);
  }

  get range() {
    return rangesOf(this.#graph);
  }

  /**
   * Plane coordinates -> pixels inside the host. From the range, which is right during a zoom too.
   * @param {Point} place
   * @returns {Point}
   */
  pixel([u, v]) {
    const { left, top, width, height } = this.frame;
    const [[u0, u1], [v0, v1]] = this.range;
    return [left + ((u - u0) / (u1 - u0)) * width, top + ((v1 - v) / (v1 - v0)) * height];
  }

  /**
   * @param {Point} pixel inside the host
   * @returns {Point}
   */
  data([x, y]) {
    const { left, top, width, height } = this.frame;
    const [[u0, u1], [v0, v1]] = this.range;
    return [u0 + ((x - left) / width) * (u1 - u0), v1 - ((y - top) / height) * (v1 - v0)];
  }

  /**
   * A place moved by shares of what is visible.
   * @param {Point} place
   * @param {Point} shares
   * @returns {Point}
   */
  stepped([u, v], [du, dv]) {
    const [[u0, u1], [v0, v1]] = this.range;
    return [u + du * (u1 - u0), v + dv * (v1 - v0)];
  }

  /**
   * The visible example nearest to a pixel, or null when none is within reach.
   * @param {Point} pixel
   */
  nearest(pixel, reach = 8) {
    /** @type {{ row: number, at: Point } | null} */
    let best = null;
    let smallest = reach * reach;
    const [[u0, u1], [v0, v1]] = this.range;
    const { width, height } = this.frame;
    const [sx, sy] = [width / (u1 - u0), height / (v1 - v0)];
    const [u, v] = this.data(pixel);
    for (const { visible, x, y, customdata } of examplesOf(this.#graph)) {
      for (let k = 0; visible === true && k < x.length; k++) {
        const [dx, dy] = [(x[k] - u) * sx, (y[k] - v) * sy];
        const distance = dx * dx + dy * dy;
        if (distance >= smallest) continue;
        smallest = distance;
        best = { row: customdata[k], at: [x[k], y[k]] };
      }
    }
    return best;
  }

  /**
   * Rows of the visible examples inside a polygon.
   * @param {Point[]} pixels
   */
  inside(pixels) {
    const corners = pixels.map((pixel) => this.data(pixel));
    /** @type {Set<number>} */
    const rows = new Set();
    for (const { visible, x, y, customdata } of examplesOf(this.#graph)) {
      for (let k = 0; visible === true && k < x.length; k++) {
        if (within(corners, x[k], y[k])) rows.add(customdata[k]);
      }
    }
    return rows;
  }

  /** @param {string} name of what the pointer does */
  mode(name) {
    this.#drag = name === "pan" ? "pan" : false;
    if (this.drawn) this.#plotly?.relayout(this.#graph, { dragmode: this.#drag });
  }

  /**
   * @param {string} overlay
   * @param {boolean} on
   */
  switch(overlay, on) {
    this.shown[overlay] = on;
    this.#restyle(overlay, { visible: on });
  }

  /** @param {boolean} on */
  fade(on) {
    this.#faded = on;
    this.#restyle("points", { opacity: on ? FADED : 1 });
  }

  /** @param {Float32Array<ArrayBuffer>} ellipse flattened (k, 2), or empty for none */
  outline(ellipse) {
    if (!ellipse.length && !this.ellipse.length) return;
    this.ellipse = ellipse;
    const x = ellipse.filter((_, i) => i % 2 === 0);
    const y = ellipse.filter((_, i) => i % 2 === 1);
    this.#restyle("posterior", { x: [x], y: [y] });
  }

  /**
   * Moves the examples to `points`; null leaves them where the figure has them.
   * @param {PackedPoints | null} points
   */
  move(points) {
    this.#points = points && { width: points.width, values: floats(points.values) };
    this.#place();
  }

  /** @param {Set<number>} rows */
  async mark(rows) {
    this.rows = rows;
    if (this.drawn && this.#plotly) await mark(this.#plotly, this.#graph, rows);
  }

  recolour() {
    if (!this.drawn || !this.#plotly) return;
    if (this.#graph.layout?.font?.color === themeFont(this.#root).color) return;
    recolour(this.#plotly, this.#graph, this.#root);
  }

  resize() {
    if (this.drawn) this.#plotly?.Plots.resize(this.#graph);
  }

  /** @param {WheelEvent} event over something that lies above the plot */
  wheel(event) {
    this.#graph.querySelector(".nsewdrag")?.dispatchEvent(new WheelEvent(event.type, event));
  }

  reset() {
    const [x, y] = initialRangesOf(this.#graph);
    this.#plotly?.relayout(this.#graph, { "xaxis.range": x, "yaxis.range": y });
  }

  close() {
    this.#ticket += 1;
    if (this.drawn) this.#plotly?.purge(this.#graph);
  }

  /**
   * The figure with what the person has switched, in the page's colours.
   * @param {Figure} figure
   * @param {boolean} flat
   * @returns {Figure}
   */
  #prepared({ data, layout }, flat) {
    for (const trace of data) this.#prepare(trace);
    if (!flat) Object.assign(layout.yaxis ?? {}, { scaleanchor: "x", scaleratio: 1 });
    const settings = { autosize: true, dragmode: this.#drag };
    return { data, layout: themed({ ...layout, ...settings }, this.#root) };
  }

  /** @param {Trace} trace */
  #prepare(trace) {
    const overlay = trace.meta?.overlay ?? "";
    this.shown[overlay] ??= (trace.visible ?? true) !== false;
    trace.visible = this.shown[overlay];
    if (overlay === "points" && this.#faded) trace.opacity = FADED;
  }

  /**
   * @param {string} overlay
   * @param {Record<string, unknown>} changes
   */
  #restyle(overlay, changes) {
    const traces = this.drawn ? indices(this.#graph, overlay) : [];
    if (traces.length) this.#plotly?.restyle(this.#graph, changes, traces);
  }

  #place() {
    if (!this.drawn || !this.#points) return;
    const places = moved(tracesOf(this.#graph), this.#points);
    const x = places.map((place) => place.x);
    const y = places.map((place) => place.y);
    this.#plotly?.restyle(
      this.#graph,
      { x, y },
      places.map(({ trace }) => trace),
    );
  }

  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    this.#graph.on("plotly_relayouting", () => this.#on.changed());
    this.#graph.on("plotly_afterplot", () => this.#on.settled());
  }
}
