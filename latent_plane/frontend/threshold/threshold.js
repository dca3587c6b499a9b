// A slider over sorted scores: at each move the line, the counts and the points on both curves.

import { query, queryAll } from "../shared/dom.js";
import { absolute, downloadJson } from "../shared/download.js";
import { floats } from "../shared/encoding.js";
import { Notice } from "../shared/notice.js";
import { written } from "../shared/numbers.js";
import { axesOf, extentOf, graphIn, pixelAt, plotly, themed } from "../shared/plotly.js";
import { above, quantile, rates } from "./counts.js";

/** @import { ThresholdContent, ThresholdState } from "../shared/messages.d.ts" */
/** @import { FailureTexts } from "../shared/notice.js" */
/** @import { DrawnAxes, Figure, Graph, PlotlyApi } from "../shared/plotly_types.d.ts" */

/** @typedef {{ limit: number, alarms: number, found: number }} Counted above the limit */

/**
 * What is shown, as soon as it has come.
 * @typedef {object} Shown
 * @property {PlotlyApi} Plotly
 * @property {ThresholdContent} content
 * @property {ThresholdState["mark"]} mark
 * @property {Float32Array} normal sorted scores
 * @property {Float32Array} strange sorted scores
 */

const CONFIG = { displayModeBar: false, responsive: true };

/** @type {FailureTexts} */
const NO_SCORES = {
  network: "The network failed while the scores were loading.",
  missing: "The server does not have these scores any more. Reload the page.",
  browser: "The scores could not be drawn in this browser.",
};

export class Threshold {
  /** @type {HTMLElement} */
  #root;
  /** @type {HTMLInputElement} in thousandths */
  #slider;
  /** @type {Graph[]} histogram, ROC and precision-recall curve */
  #plots;
  /** @type {HTMLElement[]} of the threshold and of the marked example */
  #lines;
  /** @type {HTMLElement[]} on both curves */
  #dots;
  /** @type {Notice} */
  #notice;
  /** @type {ThresholdState | null} as Python said it last */
  #newest = null;
  /** @type {{ url: string, content: Promise<ThresholdContent> } | null} */
  #coming = null;
  /** @type {Shown | null} */
  #shown = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#slider = query(root, "input", HTMLInputElement);
    this.#plots = queryAll(root, ".th-plot").map(graphIn);
    this.#lines = [query(root, ".th-limit"), query(root, ".th-mark")];
    this.#dots = queryAll(root, ".th-dot");
    this.#notice = new Notice(query(root, ".th-missing"));
    this.#slider.addEventListener("input", (event) => this.#move(event.timeStamp));
    this.#slider.addEventListener("change", () => this.#remember());
  }

  /** @param {ThresholdState} state */
  async update(state) {
    if (!this.#newest && state.quantile) this.#slider.value = String(1000 * state.quantile);
    this.#newest = state;
    try {
      const [Plotly, content] = await Promise.all([
        plotly(state.plotly),
        this.#fetched(state.content),
      ]);
      if (this.#newest !== state) return; // a newer one came while this was on its way
      this.#notice.say(null);
      const [normal, strange] = [floats(content.normal), floats(content.strange)];
      await this.#show({ Plotly, content, mark: state.mark, normal, strange });
      this.#root.dataset.ready = state.content;
    } catch (error) {
      console.error(error);
      if (this.#newest !== state) return;
      this.#notice.blame(error, NO_SCORES, () => this.update(state));
    }
  }

  close() {
    this.#newest = null;
    this.#notice.close();
    for (const plot of this.#plots) this.#shown?.Plotly.purge(plot);
  }

  /**
   * What is at an address never changes.
   * @param {string} url
   */
  #fetched(url) {
    if (this.#coming?.url === url) return this.#coming.content;
    /** @type {Promise<ThresholdContent>} */
    const content = downloadJson(absolute(url));
    content.catch(() => {
      this.#coming = null; // the next one to ask tries again
    });
    this.#coming = { url, content };
    return content;
  }

  /** @param {Shown} shown */
  async #show(shown) {
    this.#shown = shown;
    this.#write(shown);
    await Promise.all(
      this.#plots.map((plot, i) => this.#draw(shown.Plotly, plot, shown.content.figures[i])),
    );
    this.#place(shown);
  }

  /**
   * @param {PlotlyApi} Plotly
   * @param {Graph} plot
   * @param {Figure} figure
   */
  async #draw(Plotly, plot, { data, layout }) {
    await Plotly.react(plot, data, { ...themed(layout, this.#root), autosize: true }, CONFIG);
    plot.removeAllListeners?.("plotly_afterplot");
    plot.on("plotly_afterplot", () => this.#shown && this.#place(this.#shown)); // another width
  }

  /** @param {number} stamp of the event */
  #move(stamp) {
    if (!this.#shown) return;
    this.#write(this.#shown);
    this.#place(this.#shown);
    this.#root.dataset.delay = String(performance.now() - stamp);
  }

  /** The address holds what one sees; no history, or one would have to go back through it. */
  #remember() {
    if (!this.#newest) return;
    const { address: name } = this.#newest;
    const { value, defaultValue } = this.#slider;
    const address = new URL(window.location.href);
    if (value === defaultValue) address.searchParams.delete(name);
    else address.searchParams.set(name, String(Number(value) / 1000));
    window.history.replaceState(window.history.state, "", address);
  }

  /**
   * @param {Shown} shown
   * @returns {Counted}
   */
  #counted({ normal, strange }) {
    const limit = quantile(normal, Number(this.#slider.value));
    return { limit, alarms: above(normal, limit), found: above(strange, limit) };
  }

  /** @param {Shown} shown */
  #write(shown) {
    const { normal, strange, content } = shown;
    const { limit, alarms, found } = this.#counted(shown);
    const { value: at, min, max } = this.#slider;
    const [value, low, high] = [at, min, max].map(Number);
    this.#slider.style.setProperty("--le-at", `${(100 * (value - low)) / (high - low)}%`);
    const score = `${written(limit, content.digits)} ${content.unit}`;
    const below = `${(value / 10).toFixed(1)} %`;
    query(this.#root, ".th-at").textContent = `${below} quantile: ${score}`;
    this.#slider.setAttribute("aria-valuetext", `${below} of held-out examples, ${score}`);
    const [usual, anomalous] = content.names;
    tell(query(this.#root, ".th-alarms"), alarms, normal.length, `${usual} above ${score}`);
    tell(query(this.#root, ".th-found"), found, strange.length, `${anomalous} above it`);
  }

  /**
   * Lines and dots lie over the figures: Plotly would draw all of a figure anew for each of them.
   * @param {Shown} shown
   */
  #place(shown) {
    const { limit, alarms, found } = this.#counted(shown);
    const [histogram, roc, precision] = this.#plots.map(axesOf);
    if (!histogram || !roc || !precision) return;
    stand(this.#lines[0], histogram, limit, "threshold");
    this.#lines[1].hidden = !shown.mark;
    if (shown.mark) stand(this.#lines[1], histogram, shown.mark.score, shown.mark.text);
    const at = rates(alarms, shown.normal.length, found, shown.strange.length);
    put(this.#dots[0], roc, at.falseAlarms, at.recall);
    put(this.#dots[1], precision, at.recall, at.precision);
  }
}

/**
 * @param {HTMLElement} line
 * @param {number} count
 * @param {number} all
 * @param {string} what
 */
function tell(line, count, all, what) {
  const number = document.createElement("b");
  number.textContent = `${count.toLocaleString("en")} of ${all.toLocaleString("en")}`;
  line.replaceChildren(number, ` ${what} (${((100 * count) / all).toFixed(1)} %)`);
}

/**
 * What lies beyond the histogram's ends stands at them.
 * @param {HTMLElement} line
 * @param {DrawnAxes} axes
 * @param {number} score
 * @param {string} text
 */
function stand(line, { xaxis, yaxis }, score, text) {
  const [low, high] = xaxis.range;
  const across = Math.min(Math.max(score, low), high);
  const { start, length } = extentOf(yaxis);
  line.style.transform = `translate(${pixelAt(xaxis, across)}px, ${start}px)`;
  line.style.height = `${length}px`;
  query(line, "span").textContent = text;
  line.classList.toggle("th-leftward", across > (low + high) / 2);
}

/**
 * @param {HTMLElement} dot
 * @param {DrawnAxes} axes
 * @param {number} x
 * @param {number} y
 */
function put(dot, { xaxis, yaxis }, x, y) {
  dot.style.transform = `translate(${pixelAt(xaxis, x)}px, ${pixelAt(yaxis, y)}px)`;
}
