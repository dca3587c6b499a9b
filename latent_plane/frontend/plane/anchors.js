// Numbered handles on the map: points that are dragged, or walked with the arrow keys.

import { KEY_PAUSE, stride } from "./pointer_surface.js";

export class Anchors {
  // on: { grab(index), move(index, pixel, stamp), step(index, share, stamp), rest(index),
  //       look(index), leave(), wheel(event) }; pixels from the host's corner
  constructor(host, on) {
    Object.assign(this, { host, on, handles: [], grabbed: null, offset: [0, 0] });
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  get dragging() {
    return this.grabbed !== null || Boolean(this.resting);
  }

  count(number) {
    while (this.handles.length > number) this.handles.pop().remove();
    while (this.handles.length < number) this.handles.push(this.#handle(this.handles.length));
  }

  // frame: rectangle of the plot; pixels: of the anchors
  place({ left, top, width, height }, pixels) {
    this.offset = [left, top];
    const style = this.host.style;
    [style.left, style.top] = [`${left}px`, `${top}px`];
    [style.width, style.height] = [`${width}px`, `${height}px`];
    this.handles.forEach((handle, i) => {
      handle.style.transform = `translate(${pixels[i][0] - left}px, ${pixels[i][1] - top}px)`;
    });
  }

  close() {
    clearTimeout(this.resting);
  }

  #handle(index) {
    const handle = document.createElement("button");
    Object.assign(handle, { type: "button", className: "lp-anchor", textContent: String(index + 1) });
    handle.setAttribute("aria-label", `Anchor ${index + 1}. Arrow keys move it, with Shift in bigger steps.`);
    const listen = (type, handler) => handle.addEventListener(type, handler);
    listen("pointerdown", (event) => this.#press(index, handle, event));
    listen("pointermove", (event) => this.#move(index, event));
    listen("pointerup", (event) => this.#lift(index, event));
    listen("pointercancel", (event) => this.#lift(index, event));
    listen("pointerenter", () => this.dragging || this.on.look(index));
    listen("pointerleave", () => this.dragging || this.on.leave());
    listen("focus", () => this.grabbed || this.on.look(index));
    listen("blur", () => this.#blur(index));
    listen("keydown", (event) => this.#key(index, event));
    this.host.append(handle);
    return handle;
  }

  #at(event) {
    const box = this.host.getBoundingClientRect();
    return [event.clientX - box.left + this.offset[0], event.clientY - box.top + this.offset[1]];
  }

  // The pointer keeps its distance from the handle's middle.
  #press(index, handle, event) {
    if (event.button !== 0 || this.grabbed) return;
    handle.setPointerCapture(event.pointerId);
    const box = handle.getBoundingClientRect();
    const away = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    this.grabbed = { id: event.pointerId, away, moved: false };
    this.on.grab(index);
  }

  #move(index, event) {
    if (event.pointerId !== this.grabbed?.id) return;
    this.grabbed.moved = true;
    const [[x, y], [dx, dy]] = [this.#at(event), this.grabbed.away];
    this.on.move(index, [x - dx, y - dy], event.timeStamp);
  }

  #lift(index, event) {
    if (event.pointerId !== this.grabbed?.id) return;
    const { moved } = this.grabbed;
    this.grabbed = null;
    if (moved) this.on.rest(index);
  }

  #key(index, event) {
    const share = stride(event);
    if (!share) return;
    event.preventDefault();
    this.on.step(index, share, event.timeStamp);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#rest(index), KEY_PAUSE);
  }

  #blur(index) {
    if (this.resting) this.#rest(index);
    if (!this.grabbed) this.on.leave();
  }

  // One message after the last of a row of key strokes.
  #rest(index) {
    clearTimeout(this.resting);
    this.resting = null;
    this.on.rest(index);
  }

  #wheel(event) {
    event.preventDefault();
    this.on.wheel(event);
  }
}
