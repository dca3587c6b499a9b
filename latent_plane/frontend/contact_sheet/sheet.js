// Buttons, each showing its cell of one picture.

import { absolute } from "../shared/download.js";

/** @import { Contact, ContactGesture, ContactSheetState, Send } from "../shared/messages.d.ts" */

/** @type {Record<string, [across: number, down: number]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class ContactSheet {
  /** @type {HTMLElement} */
  #root;
  /** @type {HTMLButtonElement[]} */
  #cells = [];
  /** @type {ContactSheetState | null} */
  #state = null;
  /** @type {Send} */
  #send = () => {};
  /** @type {string | null} what has been built, as JSON */
  #built = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    root.onkeydown = (event) => this.#key(event);
  }

  /**
   * @param {ContactSheetState} state
   * @param {Send} send
   */
  update(state, send) {
    this.#state = state;
    this.#send = send;
    const built = JSON.stringify({ ...state, chosen: null });
    if (built !== this.#built) this.#build(state);
    this.#built = built;
    state.contacts.forEach(({ number }, i) => {
      this.#cells[i].setAttribute("aria-pressed", String(number === state.chosen));
    });
  }

  /** @param {ContactSheetState} state */
  #build(state) {
    const { style } = this.#root;
    style.setProperty("--cs-width", `${state.width}px`);
    style.setProperty("--cs-ratio", String(state.ratio));
    style.setProperty("--cs-sheet", `url("${absolute(state.sheet)}")`);
    const rows = Math.ceil(state.contacts.length / state.columns);
    this.#cells = state.contacts.map((contact, i) => this.#cell(contact, i, state.columns, rows));
    this.#root.replaceChildren(...this.#cells);
  }

  /**
   * @param {Contact} contact
   * @param {number} i
   * @param {number} columns of the picture
   * @param {number} rows
   */
  #cell({ caption, name, colour }, i, columns, rows) {
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
    cell.onclick = () => this.#open(i);
    return cell;
  }

  /** @param {number} i */
  #open(i) {
    if (!this.#state) return;
    const { contacts, reveal } = this.#state;
    this.#focus(i);
    /** @type {ContactGesture} */
    const gesture = { number: contacts[i].number, at: Date.now() };
    this.#send("gesture", gesture);
    const place = reveal && document.querySelector(`.st-key-${CSS.escape(reveal)}`);
    if (place) place.scrollIntoView({ behavior: "smooth", block: "center" });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = STEPS[event.key];
    const from = this.#cells.findIndex((cell) => cell.matches(":focus"));
    if (!step || from < 0) return;
    event.preventDefault();
    const [across, down] = step;
    this.#focus(from + across + down * this.#across);
  }

  /** How many cells stand side by side. */
  get #across() {
    const tops = this.#cells.map((cell) => cell.offsetTop);
    return tops.filter((top) => top === tops[0]).length;
  }

  /**
   * One cell alone is on the way of the Tab key.
   * @param {number} i
   */
  #focus(i) {
    if (!this.#cells[i]) return;
    this.#cells.forEach((cell, k) => {
      cell.tabIndex = k === i ? 0 : -1;
    });
    this.#cells[i].focus();
  }
}

/**
 * Of `count` cells the one at `i`, as a background's position in percent.
 * @param {number} i
 * @param {number} count
 */
function part(i, count) {
  return count > 1 ? (100 * i) / (count - 1) : 0;
}
