// The door for Streamlit: one set of strips for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Strips } from "./strips.js";

/** @import { StreamlitComponent, StripsState } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, Strips>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setStateValue }) {
  /** @type {StripsState} */
  const state = JSON.parse(data.state);
  const strips = mounted.get(parentElement) ?? new Strips(query(parentElement, ".ps"), state);
  mounted.set(parentElement, strips);
  strips.update(state, setStateValue);
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
