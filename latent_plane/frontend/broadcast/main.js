// The door for Streamlit: one board for each mounted element, updated on each call.

import { Poller } from "./poller.js";

const mounted = new WeakMap();

export function render({ data, parentElement, setTriggerValue }) {
  if (!mounted.has(parentElement)) {
    mounted.set(parentElement, new Poller(parentElement.querySelector(".board")));
  }
  mounted.get(parentElement).update(JSON.parse(data.state), setTriggerValue);
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
