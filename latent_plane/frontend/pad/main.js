// The door for Streamlit: one pad for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { DrawingPad } from "./pad.js";

/** @import { PadState, StreamlitComponent } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, DrawingPad>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setStateValue }) {
  /** @type {PadState} */
  const state = JSON.parse(data.state);
  const pad = mounted.get(parentElement) ?? new DrawingPad(query(parentElement, ".dp"), state);
  mounted.set(parentElement, pad);
  pad.update(state, setStateValue);
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
