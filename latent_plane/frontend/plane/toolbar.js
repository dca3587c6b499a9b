// What the pointer does on the map: explore, pan or lasso.

const HINTS = {
  explore: "Move to look, click or drag to place the ring, scroll to zoom",
  pan: "Drag to move the map, scroll to zoom, double-click to reset",
  lasso: "Draw around examples; Escape lets them go",
};

export class Toolbar {
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    this.buttons = [...root.querySelectorAll(".lp-toolbar button")];
    this.hint = root.querySelector(".lp-hint");
    for (const button of this.buttons) button.onclick = () => this.choose(button.dataset.mode);
    this.choose("explore");
  }

  // Where nobody asks for a selection there is nothing to choose.
  offerLasso(on) {
    this.buttons.find((button) => button.dataset.mode === "lasso").hidden = !on;
    if (!on && this.mode === "lasso") this.choose("explore");
  }

  choose(mode) {
    this.mode = mode;
    this.root.dataset.mode = mode;
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    this.hint.textContent = HINTS[mode];
    this.changed(mode);
  }
}
