// One row on the page: its picture of this moment, its words, its strip.

import { drawingContext } from "../shared/dom.js";

/** @import { PictureShape, StripRow } from "../shared/messages.d.ts" */

/** @typedef {{ element: HTMLButtonElement, context: CanvasRenderingContext2D }} Thumb */

/**
 * A picture was clicked; `frame` is null for the one of this moment.
 * @typedef {(row: number, frame: number | null) => void} Choose
 */

export class Row {
  /** @type {HTMLElement} */
  element;
  /** @type {number} */
  #index;
  /** @type {PictureShape} */
  #output;
  /** @type {Choose} */
  #choose;
  /** @type {Thumb} the picture of this moment */
  #now;
  /** @type {HTMLElement} */
  #name = document.createElement("strong");
  /** @type {HTMLElement} */
  #note = document.createElement("span");
  /** @type {HTMLElement} */
  #strip;
  /** @type {Map<number, Thumb>} by their frames */
  #thumbs = new Map();
  /** @type {number | null} frame of the thumbnail nearest to this moment */
  #near = null;
  /** @type {ImageData | null} that the picture of this moment shows */
  #shown = null;

  /**
   * @param {number} index of the row
   * @param {PictureShape} output
   * @param {boolean} live whether there is a picture of this moment
   * @param {Choose} choose
   */
  constructor(index, output, live, choose) {
    this.#index = index;
    this.#output = output;
    this.#choose = choose;
    this.#now = thumb("ps-now", output, () => choose(index, null));
    this.#now.element.hidden = !live;
    const words = made("div", "ps-words");
    words.append(this.#name, this.#note);
    this.#strip = made("div", "ps-strip");
    this.#strip.setAttribute("role", "group");
    this.element = made("article", "ps-row");
    this.element.append(this.#now.element, words, this.#strip);
  }

  /**
   * @param {StripRow} row
   * @param {number[]} frames which of the row's frames the strip shows
   */
  update({ name, note, muted, colour }, frames) {
    [this.#name.textContent, this.#note.textContent] = [name, note];
    this.#name.style.setProperty("--ps-colour", colour ?? "transparent");
    this.#name.toggleAttribute("data-coloured", Boolean(colour));
    this.element.dataset.muted = String(muted);
    this.#strip.setAttribute("aria-label", `Pictures of ${name}`);
    this.#shown = null;
    if (frames.join() !== [...this.#thumbs.keys()].join()) this.#build(frames);
    for (const [frame, { element }] of this.#thumbs) {
      element.setAttribute("aria-label", `${name ? `${name}, picture` : "Picture"} ${frame + 1}`);
    }
    this.#now.element.setAttribute("aria-label", `${name}, picture at this moment`);
  }

  /**
   * @param {number} frame
   * @param {ImageData} picture
   */
  paint(frame, picture) {
    this.#thumbs.get(frame)?.context.putImageData(picture, 0, 0);
  }

  /**
   * The picture of this moment, and in the strip the thumbnail nearest to it.
   * @param {ImageData | null} picture
   * @param {number | null} [frame]
   */
  show(picture, frame = null) {
    if (picture && picture !== this.#shown) this.#now.context.putImageData(picture, 0, 0);
    this.#shown = picture;
    if (frame === null) return;
    let near = null;
    for (const own of this.#thumbs.keys()) {
      if (near === null || Math.abs(own - frame) < Math.abs(near - frame)) near = own;
    }
    if (near === this.#near) return;
    this.#thumbs.get(this.#near ?? -1)?.element.removeAttribute("data-near");
    this.#thumbs.get(near ?? -1)?.element.setAttribute("data-near", "");
    this.#near = near;
  }

  /** @param {number | null} frame */
  mark(frame) {
    for (const [own, { element }] of this.#thumbs) {
      element.setAttribute("aria-pressed", String(own === frame));
    }
  }

  /** @param {number[]} frames */
  #build(frames) {
    this.#near = null;
    this.#thumbs = new Map(
      frames.map((frame) => {
        const clicked = () => this.#choose(this.#index, frame);
        return [frame, thumb("ps-frame", this.#output, clicked)];
      }),
    );
    this.#strip.replaceChildren(...[...this.#thumbs.values()].map(({ element }) => element));
  }
}

/**
 * @param {string} tag
 * @param {string} className
 */
function made(tag, className) {
  return Object.assign(document.createElement(tag), { className });
}

/**
 * @param {string} className
 * @param {PictureShape} output
 * @param {() => void} clicked
 * @returns {Thumb}
 */
function thumb(className, { width, height }, clicked) {
  const element = document.createElement("button");
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  Object.assign(element, { type: "button", className, onclick: clicked });
  canvas.style.aspectRatio = `${width} / ${height}`;
  element.append(canvas);
  return { element, context: drawingContext(canvas) };
}
