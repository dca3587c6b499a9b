// The figure of the latent plane: mounts it, knows where its data lie on the screen.

import { floats } from "../shared/encoding.js";
import { within } from "./lasso.js";
import { drawable, figureAt, indices, mark, plotly, themed } from "../shared/plotly.js";

const CONFIG = { displayModeBar: false, scrollZoom: true, doubleClick: "reset", displaylogo: false };
const FADED = 0.5; // of points over pictures
export const NAMES = {
  points: "Examples",
  labels: "Names",
  prior: "Prior, 1 to 3 σ",
  density: "Density of examples",
  posterior: "Posterior of the clicked example",
};

export class LatentMap {
  // changed(): the axes are moving; settled(): the figure has been drawn
  constructor(root, host, { changed, settled }) {
    Object.assign(this, { root, host, changed, settled });
    this.shown = {}; // overlay -> boolean, what the person has switched
    this.rows = new Set();
    this.drag = false;
    this.ticket = 0;
    this.ellipse = new Float32Array();
    this.points = null; // where the examples are now, if not where the figure has them
  }

  async show(plotlyUrl, figureUrl, flat) {
    const ticket = ++this.ticket;
    const [Plotly, figure] = await Promise.all([plotly(plotlyUrl), figureAt(figureUrl)]);
    if (ticket !== this.ticket) return;
    this.Plotly = Plotly;
    const { data, layout } = drawable(figure);
    for (const trace of data) {
      trace.visible = trace.visible ?? true;
      const overlay = trace.meta?.overlay;
      this.shown[overlay] ??= trace.visible !== false;
      trace.visible = this.shown[overlay];
      if (overlay === "points" && this.faded) trace.opacity = FADED;
    }
    if (!flat) Object.assign(layout.yaxis, { scaleanchor: "x", scaleratio: 1 });
    Object.assign(layout, { autosize: true, dragmode: this.drag });
    Object.assign((layout.font ??= {}), { ...nested(themed(this.root)) });
    await Plotly.react(this.host, data, layout, CONFIG);
    this.#listen();
    this.#place();
    if (this.ellipse.length) this.outline(this.ellipse);
    if (this.rows.size) await this.mark(this.rows);
    this.settled();
  }

  get overlays() {
    const found = new Set((this.host.data ?? []).map((trace) => trace.meta?.overlay));
    return Object.keys(NAMES).filter((name) => found.has(name));
  }

  get drawn() {
    return Boolean(this.host._fullLayout?.xaxis);
  }

  // Rectangle of the plot inside the host, in pixels.
  get frame() {
    const { l, t, w, h } = this.host._fullLayout._size;
    return { left: l, top: t, width: w, height: h };
  }

  get range() {
    const { xaxis, yaxis } = this.host._fullLayout;
    return [xaxis.range, yaxis.range];
  }

  // Plane coordinates -> pixels inside the host. From the range, which is right during a zoom too.
  pixel([u, v]) {
    const { left, top, width, height } = this.frame;
    const [[u0, u1], [v0, v1]] = this.range;
    return [left + ((u - u0) / (u1 - u0)) * width, top + ((v1 - v) / (v1 - v0)) * height];
  }

  data([x, y]) {
    const { left, top, width, height } = this.frame;
    const [[u0, u1], [v0, v1]] = this.range;
    return [u0 + ((x - left) / width) * (u1 - u0), v1 - ((y - top) / height) * (v1 - v0)];
  }

  // A place moved by shares of what is visible.
  stepped([u, v], [du, dv]) {
    const [[u0, u1], [v0, v1]] = this.range;
    return [u + du * (u1 - u0), v + dv * (v1 - v0)];
  }

  // The visible example nearest to a pixel, { row, at: [u, v] }, or null when none is within reach.
  nearest([x, y], reach = 8) {
    let best = null;
    let smallest = reach * reach;
    const [[u0, u1], [v0, v1]] = this.range;
    const { width, height } = this.frame;
    const [sx, sy] = [width / (u1 - u0), height / (v1 - v0)];
    const [u, v] = this.data([x, y]);
    for (const i of indices(this.host, "points")) {
      const trace = this.host._fullData[i];
      if (trace.visible !== true) continue;
      for (let k = 0; k < trace.x.length; k++) {
        const [dx, dy] = [(trace.x[k] - u) * sx, (trace.y[k] - v) * sy];
        const distance = dx * dx + dy * dy;
        if (distance >= smallest) continue;
        smallest = distance;
        best = { row: trace.customdata[k], at: [trace.x[k], trace.y[k]] };
      }
    }
    return best;
  }

  // Rows of the visible examples inside a polygon of pixels.
  inside(pixels) {
    const corners = pixels.map((pixel) => this.data(pixel));
    const rows = new Set();
    for (const i of indices(this.host, "points")) {
      const { visible, x, y, customdata } = this.host._fullData[i];
      for (let k = 0; visible === true && k < x.length; k++) {
        if (within(corners, x[k], y[k])) rows.add(customdata[k]);
      }
    }
    return rows;
  }

  mode(name) {
    this.drag = name === "pan" ? "pan" : false;
    if (this.drawn) this.Plotly.relayout(this.host, { dragmode: this.drag });
  }

  switch(overlay, on) {
    this.shown[overlay] = on;
    const traces = indices(this.host, overlay);
    if (traces.length) this.Plotly.restyle(this.host, { visible: on }, traces);
  }

  fade(on) {
    this.faded = on;
    const traces = this.drawn ? indices(this.host, "points") : [];
    if (traces.length) this.Plotly.restyle(this.host, { opacity: on ? FADED : 1 }, traces);
  }

  // Flattened (k, 2) outline of the posterior, or an empty array for none.
  outline(ellipse) {
    if (!ellipse.length && !this.ellipse.length) return;
    this.ellipse = ellipse;
    const traces = this.drawn ? indices(this.host, "posterior") : [];
    if (!traces.length) return;
    const x = ellipse.filter((_, i) => i % 2 === 0);
    const y = ellipse.filter((_, i) => i % 2 === 1);
    this.Plotly.restyle(this.host, { x: [x], y: [y] }, traces);
  }

  // Moves the examples to `points`, { width, values } with values (n, width) packed by row; null
  // leaves them where the figure has them.
  move(points) {
    this.points = points && { ...points, values: floats(points.values) };
    this.#place();
  }

  #place() {
    if (!this.drawn || !this.points) return;
    const places = moved(this.host._fullData, this.points);
    const [traces, x, y] = [0, 1, 2].map((part) => places.map((place) => place[part]));
    this.Plotly.restyle(this.host, { x, y }, traces);
  }

  async mark(rows) {
    this.rows = rows;
    if (this.drawn) await mark(this.Plotly, this.host, rows);
  }

  recolour() {
    if (!this.drawn) return;
    const theme = themed(this.root);
    if (this.host.layout.font?.color === theme["font.color"]) return;
    this.Plotly.relayout(this.host, theme);
  }

  resize() {
    if (this.drawn) this.Plotly.Plots.resize(this.host);
  }

  wheel(event) {
    this.host.querySelector(".nsewdrag")?.dispatchEvent(new WheelEvent(event.type, event));
  }

  reset() {
    const { xaxis, yaxis } = this.host._fullLayout;
    const start = { "xaxis.range": initial(xaxis), "yaxis.range": initial(yaxis) };
    this.Plotly.relayout(this.host, start);
  }

  close() {
    this.ticket += 1;
    if (this.drawn) this.Plotly.purge(this.host);
  }

  #listen() {
    if (this.listening) return;
    this.listening = true;
    const { host } = this;
    host.on("plotly_relayouting", () => this.changed());
    host.on("plotly_afterplot", () => this.settled());
  }
}

// [trace, x, y] for the examples and their names; points: { width, values (n, width) by row }.
function moved(traces, { width, values }) {
  const groups = {};
  const overlays = (name) => [...traces.keys()].filter((i) => traces[i].meta?.overlay === name);
  const examples = overlays("points").map((i) => {
    const rows = Array.from(traces[i].customdata);
    const x = rows.map((row) => values[row * width]);
    const y = width > 1 ? rows.map((row) => values[row * width + 1]) : traces[i].y;
    groups[traces[i].legendgroup] = [x, y];
    return [i, x, y];
  });
  const names = overlays("labels").map((i) => {
    const [x, y] = groups[traces[i].legendgroup];
    return [i, [median(x)], width > 1 ? [median(y)] : traces[i].y];
  });
  return [...examples, ...names];
}

function median(values) {
  const sorted = Float32Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

function initial(axis) {
  return [axis._rangeInitial0, axis._rangeInitial1];
}

function nested(theme) {
  return Object.fromEntries(Object.entries(theme).map(([key, value]) => [key.split(".")[1], value]));
}
