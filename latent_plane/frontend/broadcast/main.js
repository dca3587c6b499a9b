// The door for Streamlit: one poller for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Poller } from "./poller.js";

/** @import { StreamlitComponent } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, Poller>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setTriggerValue }) {
  const poller = mounted.get(parentElement) ?? new Poller(query(parentElement, ".board"));
  mounted.set(parentElement, poller);
  poller.update(JSON.parse(data.state), setTriggerValue);
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
