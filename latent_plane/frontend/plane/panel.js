// The side panel: coordinates, one slider a latent dimension, classes, what the map shows.

import { RadioGroup } from "../shared/radio_group.js";
import { described } from "./latent.js";

const CAPTIONS = {
  pinned: "At the ring. Drag, click or use the arrow keys to move it.",
  looking: "Under the pointer. Click to place the ring here.",
  anchor: "At a numbered anchor. Drag it or use the arrow keys; paths follow when you let go.",
  waiting: "Let go to see the picture.",
};

export class Panel {
  // on: { slide(dimension, value, stamp), rest(), label(index), overlay(name, on) }
  constructor(root, on) {
    this.on = on;
    const find = (name) => root.querySelector(`.lp-${name}`);
    this.where = find("where");
    this.text = find("caption");
    this.notice = find("notice");
    this.chips = new RadioGroup(find("classes"), (label) => on.label(label));
    this.sliders = find("sliders");
    this.overlays = find("overlays");
  }

  build({ limits, classes }) {
    this.inputs = limits.map((ends, i) => this.#slider(i, ends));
    this.sliders.replaceChildren(...this.inputs.map(({ row }) => row));
    this.chips.build(classes);
  }

  show(z, latent) {
    this.where.textContent = described(z, latent);
    this.inputs.forEach((slider, i) => {
      if (slider.value === z[i]) return;
      slider.value = z[i];
      slider.input.value = String(z[i]);
      slider.input.style.setProperty("--le-at", `${100 * share(z[i], slider.ends)}%`);
      slider.output.textContent = z[i].toFixed(2).replace("-", "−");
    });
  }

  caption(state) {
    if (this.state !== state) this.text.textContent = CAPTIONS[state];
    this.state = state;
  }

  warn(text) {
    this.notice.hidden = !text;
    this.notice.textContent = text ?? "";
  }

  choose(label) {
    this.chips.choose(label);
  }

  // entries: [{ name, title, on, able }]
  offer(entries) {
    const state = JSON.stringify(entries);
    if (state === this.offered) return;
    this.offered = state;
    const rows = entries.map(({ name, title, on, able = true }) => {
      const row = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: on });
      box.setAttribute("role", "switch");
      box.dataset.overlay = name;
      box.disabled = !able;
      box.addEventListener("change", () => this.on.overlay(name, box.checked));
      row.append(box, title);
      return row;
    });
    this.overlays.replaceChildren(this.overlays.firstElementChild, ...rows);
  }

  #slider(i, [low, high]) {
    const row = document.createElement("label");
    const name = Object.assign(document.createElement("span"), { textContent: `z${i + 1}` });
    const output = document.createElement("output");
    const input = Object.assign(document.createElement("input"), {
      type: "range",
      className: "le-slider",
      min: String(low),
      max: String(high),
      step: "any",
    });
    input.addEventListener("input", (event) => this.on.slide(i, input.valueAsNumber, event.timeStamp));
    input.addEventListener("change", () => this.on.rest());
    row.append(name, input, output);
    return { row, input, output, ends: [low, high], value: null };
  }
}

function share(value, [low, high]) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}
