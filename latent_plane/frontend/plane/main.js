// The door for Streamlit: one explorer for each mounted element, updated on each call.

import { query } from "../shared/dom.js";
import { Subscriber } from "../shared/subscriber.js";
import { Explorer } from "./explorer.js";

/** @import { PlaneState, Send, StreamlitComponent } from "../shared/messages.d.ts" */

/** @typedef {{ explorer: Explorer, subscriber: Subscriber<PlaneState>, send: Send }} Mounted */

/** @type {WeakMap<Element, Mounted>} */
const mounted = new WeakMap();

/** @param {StreamlitComponent} component */
export function render({ data, parentElement, setStateValue }) {
  /** @type {PlaneState} */
  const state = JSON.parse(data.state);
  const entry = mounted.get(parentElement) ?? open(parentElement, state, setStateValue);
  entry.send = setStateValue;
  entry.subscriber.update(state);
}

/** @param {HTMLElement} parentElement */
export function unmount(parentElement) {
  const entry = mounted.get(parentElement);
  entry?.subscriber.close();
  entry?.explorer.close();
  mounted.delete(parentElement);
}

/**
 * @param {HTMLElement} element
 * @param {PlaneState} first
 * @param {Send} send
 */
function open(element, first, send) {
  const explorer = new Explorer(query(element, ".lp"), first);
  /** @type {Mounted} */
  const entry = {
    explorer,
    subscriber: new Subscriber("plane", (state) => explorer.update(state, entry.send)),
    send,
  };
  mounted.set(element, entry);
  return entry;
}
