// The door for Streamlit: one explorer for each mounted element, updated on each call.

import { Explorer } from "./explorer.js";
import { Subscriber } from "../shared/subscriber.js";

const mounted = new WeakMap(); // element -> { explorer, follower, component }

export function render(component) {
  const { parentElement } = component;
  const data = JSON.parse(component.data.state);
  if (!mounted.has(parentElement)) mounted.set(parentElement, open(parentElement, data));
  const entry = mounted.get(parentElement);
  entry.component = component;
  entry.follower.update(data);
}

export function unmount(parentElement) {
  const entry = mounted.get(parentElement);
  entry?.follower.close();
  entry?.explorer.close();
  mounted.delete(parentElement);
}

function open(element, first) {
  const explorer = new Explorer(element.querySelector(".lp"), first);
  const entry = { explorer };
  entry.follower = new Subscriber("plane", (data) => explorer.update({ ...entry.component, data }));
  return entry;
}
