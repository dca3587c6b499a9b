// A transparent sheet over the plot that turns pointers and keys into places.
//
// Plotly would lay a cover over the whole page while a button is down; above the plot's own
// layers nothing is taken away from us, and only the wheel is handed on.

const CLICK_REACH = 4;
export const KEY_PAUSE = 350;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PointerSurface {
  // on: { hover(at, stamp), leave(), drag(at, stamp), release(at, clicked), step(share, stamp),
  //       rest(), wheel(event), reset() }; places in pixels from the host's corner, steps in shares of the plot
  constructor(element, on) {
    this.element = element;
    this.on = on;
    this.pressed = null;
    const listen = (type, handler, options) => element.addEventListener(type, handler, options);
    listen("pointerdown", (event) => this.#press(event));
    listen("pointermove", (event) => this.#move(event));
    listen("pointerup", (event) => this.#lift(event));
    listen("pointercancel", (event) => this.#lift(event));
    listen("pointerleave", () => this.pressed ?? this.on.leave());
    listen("keydown", (event) => this.#key(event));
    listen("keyup", (event) => STEPS[event.key] && this.#rest());
    listen("blur", () => this.resting && this.#rest(0));
    listen("dblclick", () => this.on.reset());
    listen("wheel", (event) => this.#wheel(event), { passive: false });
  }

  get dragging() {
    return this.pressed !== null;
  }

  place({ left, top, width, height }) {
    this.offset = [left, top];
    const style = this.element.style;
    [style.left, style.top] = [`${left}px`, `${top}px`];
    [style.width, style.height] = [`${width}px`, `${height}px`];
  }

  #at(event) {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left + this.offset[0], event.clientY - box.top + this.offset[1]];
  }

  #press(event) {
    if (event.button !== 0 || this.pressed) return;
    this.element.setPointerCapture(event.pointerId);
    this.pressed = { id: event.pointerId, from: this.#at(event), moved: false };
    this.on.drag(this.pressed.from, event.timeStamp);
  }

  #move(event) {
    const at = this.#at(event);
    if (!this.pressed) {
      if (event.pointerType !== "touch") this.on.hover(at, event.timeStamp);
      return;
    }
    if (event.pointerId !== this.pressed.id) return;
    const [dx, dy] = [at[0] - this.pressed.from[0], at[1] - this.pressed.from[1]];
    this.pressed.moved ||= Math.hypot(dx, dy) > CLICK_REACH;
    this.on.drag(at, event.timeStamp);
  }

  #lift(event) {
    if (event.pointerId !== this.pressed?.id) return;
    const { moved } = this.pressed;
    this.pressed = null;
    this.on.release(this.#at(event), !moved && event.type === "pointerup");
  }

  #key(event) {
    const share = stride(event);
    if (!share) return;
    event.preventDefault();
    clearTimeout(this.resting);
    this.resting = true;
    this.on.step(share, event.timeStamp);
  }

  // One message after the last of a row of key strokes.
  #rest(pause = KEY_PAUSE) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = null;
      this.on.rest();
    }, pause);
  }

  #wheel(event) {
    event.preventDefault();
    this.on.wheel(event);
  }
}

// The step of an arrow key in shares of the plot, bigger with Shift; null for other keys.
export function stride(event) {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return null;
  const size = event.shiftKey ? 0.1 : 0.02;
  return [step[0] * size, step[1] * size];
}
