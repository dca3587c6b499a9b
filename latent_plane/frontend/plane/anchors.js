// Numbered handles on the map: points that are dragged, or walked with the arrow keys.

import { KEY_PAUSE, stride } from "./pointer_surface.js";

/** @import { Frame, Point } from "../shared/plotly_types.d.ts" */

/**
 * Pixels are from the host's corner.
 * @typedef {object} AnchorListener
 * @property {(index: number) => void} grab
 * @property {(index: number, pixel: Point, stamp: number) => void} move
 * @property {(index: number, share: Point, stamp: number) => void} step
 * @property {(index: number) => void} rest a drag or a row of key strokes has ended
 * @property {(index: number) => void} look
 * @property {() => void} leave
 * @property {(event: WheelEvent) => void} wheel
 */

export class Anchors {
  /** @type {HTMLElement} */
  #host;
  /** @type {AnchorListener} */
  #on;
  /** @type {HTMLButtonElement[]} */
  #handles = [];
  /** @type {{ id: number, away: Point, moved: boolean } | null} */
  #grabbed = null;
  /** @type {Point} of the plot's corner */
  #offset = [0, 0];
  /** @type {number | null} the timer while keys may still follow */
  #resting = null;

  /**
   * @param {HTMLElement} host
   * @param {AnchorListener} on
   */
  constructor(host, on) {
    this.#host = host;
    this.#on = on;
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  get dragging() {
    return this.#grabbed !== null || this.#resting !== null;
  }

  /** @param {number} number of handles */
  count(number) {
    for (const handle of this.#handles.splice(number)) handle.remove();
    while (this.#handles.length < number) this.#handles.push(this.#handle(this.#handles.length));
  }

  /**
   * @param {Frame} frame of the plot
   * @param {Point[]} pixels of the anchors
   */
  place({ left, top, width, height }, pixels) {
    this.#offset = [left, top];
    const { style } = this.#host;
    [style.left, style.top] = [`${left}px`, `${top}px`];
    [style.width, style.height] = [`${width}px`, `${height}px`];
    this.#handles.forEach((handle, i) => {
      handle.style.transform = `translate(${pixels[i][0] - left}px, ${pixels[i][1] - top}px)`;
    });
  }

  close() {
    clearTimeout(this.#resting ?? undefined);
  }

  /** @param {number} index */
  #handle(index) {
    const handle = document.createElement("button");
    const name = String(index + 1);
    Object.assign(handle, { type: "button", className: "lp-anchor", textContent: name });
    const text = `Anchor ${name}. Arrow keys move it, with Shift in bigger steps.`;
    handle.setAttribute("aria-label", text);
    handle.addEventListener("pointerdown", (event) => this.#press(index, handle, event));
    handle.addEventListener("pointermove", (event) => this.#move(index, event));
    handle.addEventListener("pointerup", (event) => this.#lift(index, event));
    handle.addEventListener("pointercancel", (event) => this.#lift(index, event));
    handle.addEventListener("pointerenter", () => this.dragging || this.#on.look(index));
    handle.addEventListener("pointerleave", () => this.dragging || this.#on.leave());
    handle.addEventListener("focus", () => this.#grabbed || this.#on.look(index));
    handle.addEventListener("blur", () => this.#blur(index));
    handle.addEventListener("keydown", (event) => this.#key(index, event));
    this.#host.append(handle);
    return handle;
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #at(event) {
    const box = this.#host.getBoundingClientRect();
    return [event.clientX - box.left + this.#offset[0], event.clientY - box.top + this.#offset[1]];
  }

  /**
   * The pointer keeps its distance from the handle's middle.
   * @param {number} index
   * @param {HTMLElement} handle
   * @param {PointerEvent} event
   */
  #press(index, handle, event) {
    if (event.button !== 0 || this.#grabbed) return;
    handle.setPointerCapture(event.pointerId);
    const { left, top, width, height } = handle.getBoundingClientRect();
    const [x, y] = [event.clientX - left - width / 2, event.clientY - top - height / 2];
    this.#grabbed = { id: event.pointerId, away: [x, y], moved: false };
    this.#on.grab(index);
  }

  /**
   * @param {number} index
   * @param {PointerEvent} event
   */
  #move(index, event) {
    const grabbed = this.#grabbed;
    if (!grabbed || event.pointerId !== grabbed.id) return;
    grabbed.moved = true;
    const [[x, y], [dx, dy]] = [this.#at(event), grabbed.away];
    this.#on.move(index, [x - dx, y - dy], event.timeStamp);
  }

  /**
   * @param {number} index
   * @param {PointerEvent} event
   */
  #lift(index, event) {
    if (!this.#grabbed || event.pointerId !== this.#grabbed.id) return;
    const { moved } = this.#grabbed;
    this.#grabbed = null;
    if (moved) this.#on.rest(index);
  }

  /**
   * @param {number} index
   * @param {KeyboardEvent} event
   */
  #key(index, event) {
    const share = stride(event);
    if (!share) return;
    event.preventDefault();
    this.#on.step(index, share, event.timeStamp);
    clearTimeout(this.#resting ?? undefined);
    this.#resting = setTimeout(() => this.#rest(index), KEY_PAUSE);
  }

  /** @param {number} index */
  #blur(index) {
    if (this.#resting !== null) this.#rest(index);
    if (!this.#grabbed) this.#on.leave();
  }

  /**
   * One message after the last of a row of key strokes.
   * @param {number} index
   */
  #rest(index) {
    clearTimeout(this.#resting ?? undefined);
    this.#resting = null;
    this.#on.rest(index);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.#on.wheel(event);
  }
}
