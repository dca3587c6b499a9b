// A slider over sorted scores: at each move the line, the counts and the points on both curves.

import { absolute } from "../shared/download.js";
import { floats } from "../shared/encoding.js";
import { figureAt, plotly, themed } from "../shared/plotly.js";
import { above, quantile } from "./counts.js";

const CONFIG = { displayModeBar: false, responsive: true };

export class Threshold {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, slider: find("input"), at: find(".th-at") });
    Object.assign(this, { alarms: find(".th-alarms"), found: find(".th-found") });
    this.plots = [...root.querySelectorAll(".th-plot")];
    this.lines = [find(".th-limit"), find(".th-mark")];
    this.dots = [...root.querySelectorAll(".th-dot")];
    this.slider.addEventListener("input", (event) => this.move(event.timeStamp));
    this.slider.addEventListener("change", () => this.remember());
  }

  async update(state) {
    if (!this.newest && state.quantile) this.slider.value = 1000 * state.quantile;
    this.newest = state;
    const [Plotly, content] = await Promise.all([plotly(state.plotly), this.fetched(state)]);
    if (this.newest !== state) return; // a newer one came while this was on its way
    Object.assign(this, { Plotly, content, mark: state.mark });
    this.normal = floats(content.normal);
    this.strange = floats(content.strange);
    this.count();
    await Promise.all(this.plots.map((plot, i) => this.draw(plot, content.figures[i])));
    this.place();
    this.root.dataset.ready = state.content;
  }

  // What is at an address never changes.
  fetched({ content }) {
    if (this.address !== content) {
      this.address = content;
      this.coming = figureAt(absolute(content));
    }
    return this.coming;
  }

  async draw(plot, { data, layout }) {
    const theme = themed(this.root);
    const font = { ...layout.font, color: theme["font.color"], family: theme["font.family"] };
    await this.Plotly.react(plot, data, { ...layout, font, autosize: true }, CONFIG);
    plot.removeAllListeners?.("plotly_afterplot");
    plot.on("plotly_afterplot", () => this.place()); // another width
  }

  move(stamp) {
    if (!this.content) return;
    this.count();
    this.place();
    this.root.dataset.delay = performance.now() - stamp;
  }

  // The address holds what one sees; no history, or one would have to go back through it.
  remember() {
    const { slider, newest } = this;
    if (!newest) return;
    const address = new URL(window.location.href);
    if (slider.value === slider.defaultValue) address.searchParams.delete(newest.address);
    else address.searchParams.set(newest.address, slider.value / 1000);
    window.history.replaceState(window.history.state, "", address);
  }

  count() {
    const { normal, strange, content, slider } = this;
    const limit = quantile(normal, Number(slider.value));
    this.state = { limit, alarms: above(normal, limit), found: above(strange, limit) };
    const share = (slider.value - slider.min) / (slider.max - slider.min);
    slider.style.setProperty("--le-at", `${100 * share}%`);
    const written = `${limit.toFixed(content.digits).replace("-", "−")} ${content.unit}`;
    const below = `${(slider.value / 10).toFixed(1)} %`;
    this.at.textContent = `${below} quantile: ${written}`;
    slider.setAttribute("aria-valuetext", `${below} of held-out examples, ${written}`);
    tell(this.alarms, this.state.alarms, normal.length, `${content.names[0]} above ${written}`);
    tell(this.found, this.state.found, strange.length, `${content.names[1]} above it`);
  }

  // Lines and dots lie over the figures: Plotly would draw all of a figure anew for each of them.
  place() {
    const { limit, alarms, found } = this.state;
    const [histogram, roc, precision] = this.plots.map(({ _fullLayout }) => _fullLayout);
    if (!precision) return;
    stand(this.lines[0], histogram, limit, "threshold");
    this.lines[1].hidden = !this.mark;
    if (this.mark) stand(this.lines[1], histogram, this.mark.score, this.mark.text);
    const recall = found / this.strange.length;
    put(this.dots[0], roc, alarms / this.normal.length, recall);
    put(this.dots[1], precision, recall, alarms + found ? found / (alarms + found) : 1);
  }

  close() {
    for (const plot of this.plots) this.Plotly?.purge(plot);
  }
}

function tell(line, count, all, what) {
  const number = document.createElement("b");
  number.textContent = `${count.toLocaleString("en")} of ${all.toLocaleString("en")}`;
  line.replaceChildren(number, ` ${what} (${((100 * count) / all).toFixed(1)} %)`);
}

// What lies beyond the histogram's ends stands at them.
function stand(line, { xaxis, yaxis }, score, text) {
  const [low, high] = xaxis.range;
  const across = Math.min(Math.max(score, low), high);
  line.style.transform = `translate(${xaxis._offset + xaxis.d2p(across)}px, ${yaxis._offset}px)`;
  line.style.height = `${yaxis._length}px`;
  line.firstElementChild.textContent = text;
  line.classList.toggle("th-leftward", across > (low + high) / 2);
}

function put(dot, { xaxis, yaxis }, x, y) {
  const [left, top] = [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
  dot.style.transform = `translate(${left}px, ${top}px)`;
}
