// The door for Streamlit: one slider for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Steps } from "./steps.js";

/** @import { StreamlitComponent } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, Steps>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement }) {
  const steps = mounted.get(parentElement) ?? new Steps(query(parentElement, ".st"));
  mounted.set(parentElement, steps);
  return steps.update(JSON.parse(data.state));
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
