// The door for Streamlit: one sheet for each mounted element, updated on each call.

import { ContactSheet } from "./sheet.js";

const mounted = new WeakMap();

export function render(component) {
  const { parentElement } = component;
  if (!mounted.has(parentElement)) {
    mounted.set(parentElement, new ContactSheet(parentElement.querySelector(".cs-cells")));
  }
  mounted.get(parentElement).update(JSON.parse(component.data.state), component.setStateValue);
}

export function unmount(parentElement) {
  mounted.delete(parentElement);
}
