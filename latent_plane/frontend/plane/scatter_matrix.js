// The features of a table against each other, linked with the map: the same rows are marked, and
// a ghost shows in each panel what is being decoded.

import { query } from "../shared/dom.js";
import {
  chosenRows,
  figureAt,
  graphIn,
  mark,
  numberOf,
  panelsOf,
  pixelWithin,
  plotly,
  recolour,
  themed,
} from "../shared/plotly.js";
import { drawable } from "../shared/webgl_fallback.js";

/** @import { DrawnAxes, DrawnAxis, Graph, PlotlyApi } from "../shared/plotly_types.d.ts" */

/**
 * The dot of a panel, the axes under it and the features on them.
 * @typedef {{ dot: Element, x: DrawnAxis, y: DrawnAxis, column: number, row: number }} Ghost
 */
/** @typedef {(column: number) => number} ValueAt the decoded value of a feature of the table */

const CONFIG = { displayModeBar: false, scrollZoom: false, displaylogo: false };
const SVG = "http://www.w3.org/2000/svg";

export class ScatterMatrix {
  /** Rows that are marked. @type {Set<number>} */
  rows = new Set();
  /** @type {HTMLElement} */
  #root;
  /** @type {HTMLElement} */
  #section;
  /** @type {(rows: Set<number>) => void} */
  #selected;
  /** @type {Graph} */
  #graph;
  /** @type {SVGElement} */
  #svg;
  /** @type {Ghost[]} */
  #ghosts = [];
  /** @type {ValueAt | null} what the ghost shows */
  #values = null;
  /** @type {PlotlyApi | null} */
  #plotly = null;
  /** We change the figure ourselves: its events are no person's. */
  #quiet = false;
  #listening = false;
  #ticket = 0;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} section
   * @param {(rows: Set<number>) => void} selected the person has drawn a lasso here
   */
  constructor(root, section, selected) {
    this.#root = root;
    this.#section = section;
    this.#selected = selected;
    this.#graph = graphIn(query(section, ".lp-figure"));
    this.#svg = query(section, ".lp-marks", SVGElement);
  }

  /**
   * @param {string} plotlyUrl
   * @param {string | null} figureUrl null for no matrix
   */
  async show(plotlyUrl, figureUrl) {
    const ticket = ++this.#ticket;
    this.#section.hidden = !figureUrl;
    if (!figureUrl) return;
    const [Plotly, figure] = await Promise.all([plotly(plotlyUrl), figureAt(figureUrl)]);
    if (ticket !== this.#ticket) return;
    this.#plotly = Plotly;
    const { data, layout } = drawable(figure);
    const settings = { ...themed(layout, this.#root), autosize: true };
    await this.#quietly(() => Plotly.react(this.#graph, data, settings, CONFIG));
    this.#listen();
    this.#panels();
    if (this.rows.size) await this.mark(this.rows);
    if (this.#values) this.ghost(this.#values);
  }

  get drawn() {
    return panelsOf(this.#graph).length > 0;
  }

  /**
   * A dot in each panel where the decoded example lies.
   * @param {ValueAt} valueAt
   */
  ghost(valueAt) {
    this.#values = valueAt;
    for (const { dot, x, y, column, row } of this.#ghosts) {
      const [left, top] = [pixelWithin(x, valueAt(column)), pixelWithin(y, valueAt(row))];
      dot.setAttribute("transform", `translate(${left} ${top})`);
    }
  }

  /** @param {Set<number>} rows */
  async mark(rows) {
    this.rows = rows;
    const Plotly = this.#plotly;
    if (!this.drawn || !Plotly) return;
    await this.#quietly(() => mark(Plotly, this.#graph, rows));
  }

  async clear() {
    const Plotly = this.#plotly;
    if (!this.#graph.layout?.selections?.length || !Plotly) return;
    await this.#quietly(() => Plotly.relayout(this.#graph, { selections: [] }));
  }

  recolour() {
    if (this.drawn && this.#plotly) recolour(this.#plotly, this.#graph, this.#root);
  }

  async resize() {
    if (!this.drawn || this.#section.hidden) return;
    await this.#plotly?.Plots.resize(this.#graph);
    this.#panels();
    if (this.#values) this.ghost(this.#values);
  }

  close() {
    this.#ticket += 1;
    if (this.drawn) this.#plotly?.purge(this.#graph);
  }

  /** @param {() => Promise<unknown>} change */
  async #quietly(change) {
    this.#quiet = true;
    await change();
    this.#quiet = false;
  }

  /** The panels that are drawn, each with the features on its axes and a dot of its own. */
  #panels() {
    const columns = this.#graph.data?.[0]?.meta?.columns ?? [];
    this.#ghosts = panelsOf(this.#graph).flatMap((axes) => ghostOf(axes, columns));
    this.#svg.replaceChildren(...this.#ghosts.map(({ dot }) => dot));
  }

  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    this.#graph.on("plotly_selected", (event) => {
      if (!this.#quiet && event) this.#selected(chosenRows(event));
    });
    this.#graph.on("plotly_deselect", () => {
      if (!this.#quiet) this.#selected(new Set());
    });
    this.#graph.on("plotly_relayout", () => {
      if (this.#values) this.ghost(this.#values);
    });
  }
}

/**
 * None above the diagonal, where each pair would be shown a second time, but for two features:
 * Plotly can't draw a single panel.
 * @param {DrawnAxes} axes
 * @param {number[]} columns the features of the matrix
 * @returns {Ghost[]}
 */
function ghostOf({ xaxis: x, yaxis: y }, columns) {
  const [across, down] = [numberOf(x), numberOf(y)];
  const [column, row] = [columns[across], columns[down]];
  const drawn = columns.length === 2 ? down !== across : down > across;
  if (!drawn || column === undefined || row === undefined) return [];
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("r", "5");
  dot.setAttribute("class", "lp-ghost");
  return [{ dot, x, y, column, row }];
}
