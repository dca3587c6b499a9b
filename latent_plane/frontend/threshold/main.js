// The door for Streamlit: one threshold for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Threshold } from "./threshold.js";

/** @import { StreamlitComponent } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, Threshold>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement }) {
  const threshold = mounted.get(parentElement) ?? new Threshold(query(parentElement, ".th"));
  mounted.set(parentElement, threshold);
  return threshold.update(JSON.parse(data.state));
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
