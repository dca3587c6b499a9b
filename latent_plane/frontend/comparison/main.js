// The door for Streamlit: one comparison for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Comparison } from "./comparison.js";

/** @import { ComparisonState, StreamlitComponent } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, Comparison>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setStateValue }) {
  /** @type {ComparisonState} */
  const state = JSON.parse(data.state);
  const comparison =
    mounted.get(parentElement) ?? new Comparison(query(parentElement, ".cp"), state);
  mounted.set(parentElement, comparison);
  comparison.update(state, setStateValue);
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
