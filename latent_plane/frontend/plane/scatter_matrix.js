// The features of a table against each other, linked with the map: the same rows are marked, and
// a ghost shows in each panel what is being decoded.

import { chosenRows, drawable, figureAt, mark, plotly, themed } from "../shared/plotly.js";

const CONFIG = { displayModeBar: false, scrollZoom: false, displaylogo: false };
const SVG = "http://www.w3.org/2000/svg";

export class ScatterMatrix {
  constructor(root, section, { selected }) {
    Object.assign(this, { root, section, selected, ghosts: [], quiet: false, ticket: 0 });
    this.host = section.querySelector(".lp-figure");
    this.svg = section.querySelector(".lp-marks");
    this.rows = new Set();
  }

  async show(plotlyUrl, figureUrl) {
    const ticket = ++this.ticket;
    this.section.hidden = !figureUrl;
    if (!figureUrl) return;
    const [Plotly, figure] = await Promise.all([plotly(plotlyUrl), figureAt(figureUrl)]);
    if (ticket !== this.ticket) return;
    this.Plotly = Plotly;
    const { data, layout } = drawable(figure);
    const theme = themed(this.root);
    layout.font = { ...layout.font, color: theme["font.color"], family: theme["font.family"] };
    this.quiet = true;
    await Plotly.react(this.host, data, { ...layout, autosize: true }, CONFIG);
    this.quiet = false;
    this.#listen();
    this.#panels();
    if (this.rows.size) await this.mark(this.rows);
    if (this.values) this.ghost(this.values);
  }

  get drawn() {
    return Boolean(this.host._fullLayout?._plots);
  }

  // Decoded values, one a feature of the table: a dot at their place in each panel.
  ghost(values) {
    this.values = values;
    for (const { dot, x, y, column, row } of this.ghosts) {
      const [left, top] = [pixel(x, values[column]), pixel(y, values[row])];
      dot.setAttribute("transform", `translate(${x._offset + left} ${y._offset + top})`);
    }
  }

  async mark(rows) {
    this.rows = rows;
    if (!this.drawn) return;
    this.quiet = true;
    await mark(this.Plotly, this.host, rows);
    this.quiet = false;
  }

  async clear() {
    if (!this.host.layout?.selections?.length) return;
    this.quiet = true;
    await this.Plotly.relayout(this.host, { selections: [] });
    this.quiet = false;
  }

  recolour() {
    if (this.drawn) this.Plotly.relayout(this.host, themed(this.root));
  }

  async resize() {
    if (!this.drawn || this.section.hidden) return;
    await this.Plotly.Plots.resize(this.host);
    this.#panels();
    if (this.values) this.ghost(this.values);
  }

  close() {
    this.ticket += 1;
    if (this.drawn) this.Plotly.purge(this.host);
  }

  // The panels that are drawn, each with the features on its axes and a dot of its own.
  #panels() {
    const columns = this.host.data[0]?.meta?.columns ?? [];
    const panels = Object.values(this.host._fullLayout._plots);
    this.ghosts = panels.flatMap(({ xaxis, yaxis }) => {
      const [column, row] = [columns[place(xaxis)], columns[place(yaxis)]];
      if (place(yaxis) <= place(xaxis) || column === undefined || row === undefined) return [];
      const dot = document.createElementNS(SVG, "circle");
      dot.setAttribute("r", "5");
      dot.setAttribute("class", "lp-ghost");
      return [{ dot, x: xaxis, y: yaxis, column, row }];
    });
    this.svg.replaceChildren(...this.ghosts.map(({ dot }) => dot));
  }

  #listen() {
    if (this.listening) return;
    this.listening = true;
    this.host.on("plotly_selected", (event) => {
      if (!this.quiet && event) this.selected(chosenRows(event));
    });
    this.host.on("plotly_deselect", () => {
      if (!this.quiet) this.selected(new Set());
    });
    this.host.on("plotly_relayout", () => this.values && this.ghost(this.values));
  }
}

// "x" -> 0, "y3" -> 2
function place(axis) {
  return Number(axis._id.slice(1) || "1") - 1;
}

function pixel(axis, value) {
  return Math.min(axis._length, Math.max(0, axis.d2p(value)));
}
