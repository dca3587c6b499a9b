// The door for Streamlit: one explorer for each mounted element, updated on each call.

import { Explorer } from "./explorer.js";

const explorers = new WeakMap();

export function render(component) {
  const { parentElement } = component;
  const data = JSON.parse(component.data.state);
  let explorer = explorers.get(parentElement);
  if (!explorer) {
    explorer = new Explorer(parentElement.querySelector(".lp"), data);
    explorers.set(parentElement, explorer);
  }
  explorer.update({ ...component, data });
}

export function unmount(parentElement) {
  explorers.get(parentElement)?.close();
  explorers.delete(parentElement);
}
