// Figures that change in place: the same plots are told their new data, so nothing flickers.

import { plotly, themed } from "./plotly.js";

const CONFIG = { displayModeBar: false, responsive: true };

export async function render({ data, parentElement }) {
  const host = parentElement.querySelector(".live-figures");
  const { figures, shares, height, plotly: address } = JSON.parse(data.state);
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
  layout.font = { ...layout.font, color: theme["font.color"], family: theme["font.family"] };
  return Plotly.react(plot, data, { ...layout, autosize: true, height }, CONFIG);
}

function remove(plot) {
  window.Plotly?.purge(plot);
  plot.remove();
}

export function unmount(parentElement) {
  parentElement.querySelectorAll(".live-figure").forEach(remove);
}
