// A transparent layer over the plot that turns pointers and keys into places.
//
// Plotly would lay a cover over the whole page while a button is down; above the plot's own
// layers nothing is taken away from us, and only the wheel is handed on.

/** @import { Frame, Point } from "../shared/plotly_types.d.ts" */

/**
 * Places are in pixels from the host's corner, steps in shares of the plot, stamps those of the
 * events.
 * @typedef {object} SurfaceListener
 * @property {(at: Point, stamp: number) => void} hover
 * @property {() => void} leave
 * @property {(at: Point, stamp: number) => void} drag
 * @property {(at: Point, clicked: boolean) => void} release
 * @property {(share: Point, stamp: number) => void} step
 * @property {() => void} rest after the last of a row of key strokes
 * @property {(event: WheelEvent) => void} wheel
 * @property {() => void} reset
 */

const CLICK_REACH = 4; // pixels
export const KEY_PAUSE = 350; // milliseconds

/** @type {Record<string, Point>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PointerSurface {
  /** @type {HTMLElement} */
  #element;
  /** @type {SurfaceListener} */
  #on;
  /** @type {{ id: number, from: Point, moved: boolean } | null} */
  #pressed = null;
  /** @type {Point} of the plot's corner */
  #offset = [0, 0];
  /** A key is down, or was a moment ago. */
  #stepping = false;
  /** @type {number | undefined} */
  #resting;

  /**
   * @param {HTMLElement} element
   * @param {SurfaceListener} on
   */
  constructor(element, on) {
    this.#element = element;
    this.#on = on;
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#lift(event));
    element.addEventListener("pointercancel", (event) => this.#lift(event));
    element.addEventListener("pointerleave", () => this.#pressed ?? on.leave());
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("keyup", (event) => STEPS[event.key] && this.#rest());
    element.addEventListener("blur", () => this.#stepping && this.#rest(0));
    element.addEventListener("dblclick", () => on.reset());
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  get dragging() {
    return this.#pressed !== null;
  }

  /** @param {string} text what it is for those who cannot see it */
  describe(text) {
    this.#element.setAttribute("aria-label", text);
  }

  /** @param {Frame} frame */
  place({ left, top, width, height }) {
    this.#offset = [left, top];
    const { style } = this.#element;
    [style.left, style.top] = [`${left}px`, `${top}px`];
    [style.width, style.height] = [`${width}px`, `${height}px`];
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #at(event) {
    const box = this.#element.getBoundingClientRect();
    return [event.clientX - box.left + this.#offset[0], event.clientY - box.top + this.#offset[1]];
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || this.#pressed) return;
    this.#element.setPointerCapture(event.pointerId);
    const from = this.#at(event);
    this.#pressed = { id: event.pointerId, from, moved: false };
    this.#on.drag(from, event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    const pressed = this.#pressed;
    if (!pressed) {
      if (event.pointerType !== "touch") this.#on.hover(at, event.timeStamp);
      return;
    }
    if (event.pointerId !== pressed.id) return;
    pressed.moved ||= Math.hypot(at[0] - pressed.from[0], at[1] - pressed.from[1]) > CLICK_REACH;
    this.#on.drag(at, event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    if (!this.#pressed || event.pointerId !== this.#pressed.id) return;
    const { moved } = this.#pressed;
    this.#pressed = null;
    this.#on.release(this.#at(event), !moved && event.type === "pointerup");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const share = stride(event);
    if (!share) return;
    event.preventDefault();
    clearTimeout(this.#resting);
    this.#stepping = true;
    this.#on.step(share, event.timeStamp);
  }

  /** One message after the last of a row of key strokes. */
  #rest(pause = KEY_PAUSE) {
    clearTimeout(this.#resting);
    this.#stepping = true;
    this.#resting = setTimeout(() => {
      this.#stepping = false;
      this.#on.rest();
    }, pause);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.#on.wheel(event);
  }
}

/**
 * The step of an arrow key in shares of the plot, bigger with Shift; null for other keys.
 * @param {KeyboardEvent} event
 * @returns {Point | null}
 */
export function stride(event) {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return null;
  const size = event.shiftKey ? 0.1 : 0.02;
  return [step[0] * size, step[1] * size];
}
