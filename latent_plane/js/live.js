// A figure that changes in place: the same plot is told its new data, so nothing flickers.

import { plotly, themed } from "./plotly.js";

const CONFIG = { displayModeBar: false, responsive: true };

export async function render({ data, parentElement }) {
  const host = parentElement.querySelector(".live-figure");
  host.style.height = `${data.height}px`;
  host.newest = data;
  const Plotly = await plotly(data.plotly);
  if (host.newest !== data) return; // a newer figure came while Plotly was on its way
  const { data: traces, layout } = JSON.parse(data.figure);
  const theme = themed(host);
  layout.font = { ...layout.font, color: theme["font.color"], family: theme["font.family"] };
  await Plotly.react(host, traces, { ...layout, autosize: true, height: data.height }, CONFIG);
}

export function unmount(parentElement) {
  const host = parentElement.querySelector(".live-figure");
  if (host && window.Plotly) window.Plotly.purge(host);
}
