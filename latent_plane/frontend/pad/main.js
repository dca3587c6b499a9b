// The door for Streamlit: one pad for each mounted element, updated on each call.

import { DrawingPad } from "./pad.js";

const pads = new WeakMap();

export function render(component) {
  const { parentElement } = component;
  const data = JSON.parse(component.data.state);
  let pad = pads.get(parentElement);
  if (!pad) {
    pad = new DrawingPad(parentElement.querySelector(".dp"), data);
    pads.set(parentElement, pad);
  }
  pad.update({ ...component, data });
}

export function unmount(parentElement) {
  pads.get(parentElement)?.close();
  pads.delete(parentElement);
}
