// The door for Streamlit: one sheet for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { ContactSheet } from "./sheet.js";

/** @import { StreamlitComponent } from "../shared/messages.d.ts" */

/** @type {WeakMap<Element, ContactSheet>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setStateValue }) {
  const sheet = mounted.get(parentElement) ?? new ContactSheet(query(parentElement, ".cs-cells"));
  mounted.set(parentElement, sheet);
  sheet.update(JSON.parse(data.state), setStateValue);
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  mounted.delete(parentElement);
}
