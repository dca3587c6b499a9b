// Buttons, each showing its cell of one picture.

import { absolute } from "../shared/download.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class ContactSheet {
  constructor(root) {
    Object.assign(this, { root, shown: null });
    root.onclick = ({ target }) => this.#open(this.#cells.indexOf(target.closest(".cs-cell")));
    root.onkeydown = (event) => this.#key(event);
  }

  update(data, send) {
    Object.assign(this, { data, send });
    const shown = JSON.stringify({ ...data, chosen: null });
    if (shown !== this.shown) this.#build();
    this.shown = shown;
    const numbers = data.contacts.map(({ number }) => number);
    this.#cells.forEach((cell, i) =>
      cell.setAttribute("aria-pressed", String(numbers[i] === data.chosen)),
    );
  }

  get #cells() {
    return [...this.root.children];
  }

  #build() {
    const { sheet, ratio, width, contacts } = this.data;
    const style = { width: `${width}px`, ratio, sheet: `url("${absolute(sheet)}")` };
    for (const [name, value] of Object.entries(style)) {
      this.root.style.setProperty(`--cs-${name}`, value);
    }
    this.root.replaceChildren(...contacts.map((contact, i) => this.#cell(contact, i)));
  }

  #cell({ caption, name, colour }, i) {
    const { columns, contacts } = this.data;
    const rows = Math.ceil(contacts.length / columns);
    const cell = document.createElement("button");
    Object.assign(cell, { type: "button", className: "cs-cell", title: name });
    cell.tabIndex = i ? -1 : 0;
    cell.setAttribute("aria-label", name);
    cell.style.setProperty("--cs-label", colour);
    const picture = document.createElement("i");
    picture.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    const [x, y] = [part(i % columns, columns), part(Math.floor(i / columns), rows)];
    picture.style.backgroundPosition = `${x}% ${y}%`;
    cell.append(picture, caption);
    return cell;
  }

  #open(i) {
    if (i < 0) return;
    const { contacts, reveal } = this.data;
    this.#focus(i);
    this.send("gesture", { number: contacts[i].number, at: Date.now() });
    const place = reveal && document.querySelector(`.st-key-${CSS.escape(reveal)}`);
    place?.scrollIntoView({ behavior: "smooth", block: "center" });
  }

  #key(event) {
    const step = STEPS[event.key];
    const from = this.#cells.indexOf(document.activeElement);
    if (!step || from < 0) return;
    event.preventDefault();
    const [across, down] = step;
    this.#focus(from + across + down * this.#across);
  }

  // How many cells stand side by side.
  get #across() {
    const tops = this.#cells.map((cell) => cell.offsetTop);
    return tops.filter((top) => top === tops[0]).length;
  }

  // One cell alone is on the way of the Tab key.
  #focus(i) {
    const cells = this.#cells;
    if (!cells[i]) return;
    cells.forEach((cell, k) => (cell.tabIndex = k === i ? 0 : -1));
    cells[i].focus();
  }
}

// Of `count` cells the one at `i`, as a background's position in percent.
function part(i, count) {
  return count > 1 ? (100 * i) / (count - 1) : 0;
}
