// The door for Streamlit: one explorer for each mounted element, updated on each call.

import { Explorer } from "./explorer.js";

const explorers = new WeakMap();

export function render(component) {
  const { parentElement } = component;
  let explorer = explorers.get(parentElement);
  if (!explorer) {
    explorer = new Explorer(parentElement.querySelector(".lp"), component.data);
    explorers.set(parentElement, explorer);
  }
  explorer.update(component);
}

export function unmount(parentElement) {
  explorers.get(parentElement)?.close();
  explorers.delete(parentElement);
}
