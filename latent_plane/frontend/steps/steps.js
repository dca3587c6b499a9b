// One slider over what many models make of the same things: sheets of pictures, cells of tables.

import { drawingContext, query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";
import { Notice } from "../shared/notice.js";

/** @import { StepPictures, StepTable, StepsState } from "../shared/messages.d.ts" */
/** @import { FailureTexts } from "../shared/notice.js" */

/** @typedef {(step: number) => void} Show shows one step */

const GAP = 1; // of the pictures' own pixels
const LARGEST = 76; // CSS pixels of a picture

/** @type {FailureTexts} */
const NO_PICTURES = {
  network: "The network failed while the pictures were loading.",
  missing: "The server does not have these pictures any more. Reload the page.",
  browser: "The pictures could not be shown in this browser.",
};

export class Steps {
  /** @type {HTMLElement} */
  #root;
  /** @type {HTMLInputElement} */
  #slider;
  /** @type {Notice} */
  #notice;
  /** @type {StepsState | null} as Python said it last */
  #newest = null;
  /** @type {Show[]} */
  #rows = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#slider = query(root, "input", HTMLInputElement);
    this.#notice = new Notice(query(root, ".st-missing"));
    this.#slider.addEventListener("input", () => this.#show());
  }

  /** @param {StepsState} state */
  async update(state) {
    const before = this.#newest;
    if (JSON.stringify(before) === JSON.stringify(state)) return;
    this.#newest = state;
    const chosen = before?.steps[Number(this.#slider.value)];
    const kept = chosen === undefined ? -1 : state.steps.indexOf(chosen);
    try {
      const sheets = await Promise.all(state.pictures.map(({ sheet_url }) => loaded(sheet_url)));
      if (this.#newest !== state) return; // a newer one came while this was on its way
      this.#notice.say(null);
      this.#slider.max = String(state.steps.length - 1);
      this.#slider.value = String(kept < 0 ? state.at : kept);
      this.#build(state, sheets);
      this.#show();
      this.#root.dataset.ready = "true";
    } catch (error) {
      console.error(error);
      if (this.#newest !== state) return;
      this.#newest = null;
      this.#notice.blame(error, NO_PICTURES, () => this.update(state));
    }
  }

  close() {
    this.#newest = null;
    this.#notice.close();
  }

  /**
   * @param {StepsState} state
   * @param {HTMLImageElement[]} sheets
   */
  #build({ label, pictures, tables }, sheets) {
    query(this.#root, ".st-name").textContent = label;
    this.#slider.setAttribute("aria-label", label);
    const drawn = pictures.map((row, i) => pictureRow(row, sheets[i]));
    const written = tables.map(tableOf);
    query(this.#root, ".st-pictures").replaceChildren(...drawn.flatMap(({ parts }) => parts));
    query(this.#root, ".st-tables").replaceChildren(...written.map(({ part }) => part));
    this.#rows = [...drawn, ...written].map(({ show }) => show);
  }

  #show() {
    const state = this.#newest;
    if (!state) return;
    const step = Number(this.#slider.value);
    const share = (100 * step) / Math.max(1, state.steps.length - 1);
    this.#slider.style.setProperty("--le-at", `${share}%`);
    this.#slider.setAttribute("aria-valuetext", `${state.steps[step]}: ${state.notes[step]}`);
    query(this.#root, ".st-at").textContent = state.steps[step];
    query(this.#root, ".st-note").textContent = state.notes[step];
    for (const show of this.#rows) show(step);
  }
}

/**
 * @param {string} url
 * @returns {Promise<HTMLImageElement>}
 */
async function loaded(url) {
  const image = new Image();
  image.src = absolute(url);
  await image.decode();
  return image;
}

/**
 * The name of a row and the canvas that shows one line of its sheet.
 * @param {StepPictures} row
 * @param {HTMLImageElement} sheet
 * @returns {{ parts: HTMLElement[], show: Show }}
 */
function pictureRow({ name, count, width, height }, sheet) {
  const title = Object.assign(document.createElement("span"), { textContent: name });
  const canvas = document.createElement("canvas");
  canvas.width = count * (width + GAP) - GAP;
  canvas.height = height;
  canvas.style.maxWidth = `${count * LARGEST}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${name}: ${count} pictures`);
  const context = drawingContext(canvas);
  const lines = Math.round(sheet.naturalHeight / height);
  const show = (/** @type {number} */ step) => {
    const top = Math.min(step, lines - 1) * height;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < count; i++) {
      const to = i * (width + GAP);
      context.drawImage(sheet, i * width, top, width, height, to, 0, width, height);
    }
  };
  return { parts: [title, canvas], show };
}

/**
 * @param {StepTable} table
 * @returns {{ part: HTMLElement, show: Show }}
 */
function tableOf({ name, heads, lines, cells, fixed }) {
  const part = Object.assign(document.createElement("div"), { className: "st-table", tabIndex: 0 });
  part.setAttribute("role", "group");
  part.setAttribute("aria-label", name);
  const table = part.appendChild(document.createElement("table"));
  table.createCaption().textContent = name;
  const head = table.createTHead().insertRow();
  head.insertCell();
  for (const text of heads) head.appendChild(cell("th", text));
  const body = table.createTBody();
  const values = lines.map((line, i) => {
    const row = body.insertRow();
    row.appendChild(cell("td", line));
    return heads.map((_, j) => {
      const place = row.insertCell();
      const value = place.appendChild(document.createElement("span"));
      if (fixed.length) place.appendChild(cell("small", fixed[i][j]));
      return value;
    });
  });
  const show = (/** @type {number} */ step) => {
    values.forEach((row, i) => {
      row.forEach((value, j) => {
        value.textContent = cells[step][i][j];
      });
    });
  };
  return { part, show };
}

/**
 * @param {string} tag
 * @param {string} text
 */
function cell(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}
