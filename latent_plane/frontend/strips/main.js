// The door for Streamlit: one set of strips for each mounted element, updated on each call.

import { Strips } from "./strips.js";

const mounted = new WeakMap();

export function render(component) {
  const { parentElement } = component;
  const data = JSON.parse(component.data.state);
  let strips = mounted.get(parentElement);
  if (!strips) {
    strips = new Strips(parentElement.querySelector(".ps"), data);
    mounted.set(parentElement, strips);
  }
  strips.update({ ...component, data });
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}
