// A row of names of which one is chosen, with the keys of a radio group.

export class RadioGroup {
  // chosen(index): the person has taken another one
  constructor(host, chosen) {
    Object.assign(this, { host, chosen, chips: [] });
  }

  build(names) {
    this.chips = names.map((name, i) => this.#chip(name, i));
    this.host.replaceChildren(...this.chips);
    this.host.hidden = !names.length;
  }

  choose(index) {
    this.chips.forEach((chip, i) => {
      chip.setAttribute("aria-checked", String(i === index));
      chip.tabIndex = i === (index ?? 0) ? 0 : -1;
    });
  }

  #chip(name, i) {
    const chip = document.createElement("button");
    Object.assign(chip, { type: "button", textContent: name });
    chip.setAttribute("role", "radio");
    chip.addEventListener("click", () => this.chosen(i));
    chip.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (i + step + this.chips.length) % this.chips.length;
      this.chips[next].focus();
      this.chosen(next);
    });
    return chip;
  }
}
