// The door for Streamlit: one threshold for each mounted element, updated on each call.

import { Threshold } from "./threshold.js";

const mounted = new WeakMap();

export function render({ data, parentElement }) {
  if (!mounted.has(parentElement)) {
    mounted.set(parentElement, new Threshold(parentElement.querySelector(".th")));
  }
  return mounted.get(parentElement).update(JSON.parse(data.state));
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
