// The door for Streamlit: one set of figures for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Subscriber } from "../shared/subscriber.js";
import { LiveFigures } from "./live_figures.js";

/** @import { LiveFiguresState, Send, StreamlitComponent } from "../shared/messages.d.ts" */

/** @typedef {{ figures: LiveFigures, subscriber: Subscriber<LiveFiguresState> }} Mounted */

/** @type {WeakMap<Element, Mounted>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setStateValue }) {
  const entry = mounted.get(parentElement) ?? open(parentElement, setStateValue);
  mounted.set(parentElement, entry);
  entry.subscriber.update(JSON.parse(data.state));
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  const entry = mounted.get(parentElement);
  entry?.subscriber.close();
  entry?.figures.close();
  mounted.delete(parentElement);
}

/**
 * @param {HTMLElement} element
 * @param {Send} send
 * @returns {Mounted}
 */
function open(element, send) {
  const figures = new LiveFigures(query(element, ".le"), send);
  return { figures, subscriber: new Subscriber("figures", (state) => figures.update(state)) };
}
