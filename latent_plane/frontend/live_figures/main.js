// Figures that change in place: the same plots are told their new data, so nothing flickers.

import { Subscriber } from "../shared/subscriber.js";
import { plotly, themed } from "../shared/plotly.js";

const CONFIG = { displayModeBar: false, responsive: true };
const mounted = new WeakMap(); // element -> Subscriber

export function render({ data, parentElement }) {
  if (!mounted.has(parentElement)) {
    const host = parentElement.querySelector(".live-figures");
    const note = parentElement.querySelector(".live-note");
    mounted.set(parentElement, new Subscriber("figures", (state) => show(host, note, state)));
  }
  mounted.get(parentElement).update(JSON.parse(data.state));
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
  parentElement.querySelectorAll(".live-figure").forEach(remove);
}

async function show(host, line, { figures, note, shares, height, plotly: address }) {
  line.replaceChildren(...note.map((piece, number) => (number % 2 ? bold(piece) : piece)));
  line.hidden = !note.length;
  while (host.children.length > figures.length) remove(host.lastChild);
  while (host.children.length < figures.length) {
    host.append(Object.assign(document.createElement("div"), { className: "live-figure" }));
  }
  const plots = [...host.children];
  plots.forEach((plot, number) => {
    plot.style.setProperty("--share", shares[number]);
    plot.style.height = `${height}px`;
  });
  host.newest = figures;
  const Plotly = await plotly(address);
  if (host.newest !== figures) return; // newer ones came while Plotly was on its way
  const theme = themed(host);
  await Promise.all(plots.map((plot, number) => draw(Plotly, plot, figures[number], height, theme)));
}

function draw(Plotly, plot, { data, layout }, height, theme) {
  const font = { ...layout.font, color: theme["font.color"], family: theme["font.family"] };
  return Plotly.react(plot, data, { ...layout, font, autosize: true, height }, CONFIG);
}

function bold(text) {
  return Object.assign(document.createElement("b"), { textContent: text });
}

function remove(plot) {
  window.Plotly?.purge(plot);
  plot.remove();
}
