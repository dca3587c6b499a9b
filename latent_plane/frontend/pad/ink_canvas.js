// Where one draws: strokes that can be taken back. Ink is opaque, in the colour of the page's text,
// on nothing: how much ink is somewhere is the canvas's own alpha.

import { drawingContext } from "../shared/dom.js";

/** @import { Ink, Size } from "./preprocess.js" */

/**
 * Shares of the canvas's size; the width one of its width.
 * @typedef {{ x: number, y: number, width: number }} StrokePoint
 */

/** @typedef {{ picture: Uint8Array, image: OffscreenCanvas }} Underlay a picture below strokes */

/**
 * @typedef {object} InkListener
 * @property {(stamp: number) => void} draw while the pointer draws
 * @property {() => void} rest whenever a change is complete
 */

const SIDE = 448; // pixels of the longer side, whatever its size on the screen

export class InkCanvas {
  /** Width of a line, as a share of the canvas's. */
  brush = 0.08;
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {InkListener} */
  #on;
  /** @type {CanvasRenderingContext2D} */
  #context;
  #colour = "#000";
  /** @type {Underlay | null} */
  #underlay = null;
  /** @type {(StrokePoint[] | null)[]} strokes, and null where all was cleared */
  #entries = [];
  /** @type {{ id: number, points: StrokePoint[] } | null} that is being drawn */
  #stroke = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {InkListener} on
   */
  constructor(canvas, on) {
    this.#canvas = canvas;
    this.#on = on;
    this.#context = drawingContext(canvas, { willReadFrequently: true });
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#lift(event));
    canvas.addEventListener("pointercancel", (event) => this.#lift(event));
  }

  get drawing() {
    return this.#stroke !== null;
  }

  get empty() {
    return !this.#strokes().length && !this.#ground();
  }

  /** Whether there is something to take back. */
  get undoable() {
    return this.#entries.length > 0;
  }

  /** The picture that was put here, while nobody has drawn on it. */
  get picture() {
    return this.#strokes().length ? null : (this.#ground()?.picture ?? null);
  }

  /** @param {Size} output the size of the model's pictures, whose shape the canvas has */
  shape({ width, height }) {
    const scale = SIDE / Math.max(width, height);
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
  }

  /**
   * Lays a picture of the model's size under the strokes to come; null for an empty canvas.
   * @param {Uint8Array | null} picture
   * @param {Size} output
   */
  put(picture, { width, height }) {
    this.#underlay = picture && { picture, image: new OffscreenCanvas(width, height) };
    this.#entries = [];
    this.#stroke = null;
    this.redraw();
  }

  undo() {
    if (this.drawing || !this.undoable) return;
    this.#entries.pop();
    this.#changed();
  }

  clear() {
    if (this.drawing || this.empty) return;
    this.#entries.push(null);
    this.#changed();
  }

  /** @param {string} colour */
  recolour(colour) {
    if (colour === this.#colour) return;
    this.#colour = colour;
    this.redraw();
  }

  redraw() {
    const [context, colour] = [this.#context, this.#colour];
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    Object.assign(context, { lineCap: "round", strokeStyle: colour, fillStyle: colour });
    const ground = this.#ground();
    if (ground) this.#lay(ground);
    for (const points of this.#strokes()) {
      for (let i = 0; i < points.length; i++) this.#segment(points, i);
    }
  }

  /**
   * How much ink is where.
   * @returns {Ink}
   */
  ink() {
    const { width, height } = this.#canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    const values = new Uint8Array(width * height);
    for (let i = 0; i < values.length; i++) values[i] = data[4 * i + 3];
    return { values, width, height };
  }

  #strokes() {
    const strokes = this.#entries.slice(this.#entries.lastIndexOf(null) + 1);
    return /** @type {StrokePoint[][]} */ (strokes);
  }

  #ground() {
    return this.#entries.includes(null) ? null : this.#underlay;
  }

  /** @param {Underlay} ground */
  #lay({ picture, image }) {
    const small = /** @type {OffscreenCanvasRenderingContext2D} */ (image.getContext("2d"));
    small.fillStyle = this.#colour;
    small.fillRect(0, 0, image.width, image.height);
    const pixels = small.getImageData(0, 0, image.width, image.height);
    picture.forEach((value, i) => {
      pixels.data[4 * i + 3] = value;
    });
    small.putImageData(pixels, 0, 0);
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(image, 0, 0, this.#canvas.width, this.#canvas.height);
  }

  /**
   * A curve to the middle between this point and the one before, around the latter; a dot at
   * first, since a curve of no length leaves no ink.
   * @param {StrokePoint[]} points
   * @param {number} i
   */
  #segment(points, i) {
    const [context, { width, height }] = [this.#context, this.#canvas];
    const next = points[i];
    const turn = points[i - 1] ?? next;
    const from = halfway(points[i - 2] ?? turn, turn);
    const to = halfway(turn, next);
    context.lineWidth = next.width * width;
    context.beginPath();
    if (i === 0) {
      context.arc(next.x * width, next.y * height, context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    context.moveTo(from.x * width, from.y * height);
    context.quadraticCurveTo(turn.x * width, turn.y * height, to.x * width, to.y * height);
    context.stroke();
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || this.drawing) return;
    this.#canvas.setPointerCapture(event.pointerId);
    /** @type {StrokePoint[]} */
    const points = [];
    this.#stroke = { id: event.pointerId, points };
    this.#entries.push(points);
    this.#extend(points, event);
    this.#on.draw(event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const stroke = this.#stroke;
    if (!stroke || event.pointerId !== stroke.id) return;
    const fine = event.getCoalescedEvents();
    for (const part of fine.length ? fine : [event]) this.#extend(stroke.points, part);
    this.#on.draw(event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    if (!this.#stroke || event.pointerId !== this.#stroke.id) return;
    this.#extend(this.#stroke.points, event); // the curve ends at the pointer, not half a step before
    this.#stroke = null;
    this.#on.rest();
  }

  /**
   * A pen's pressure widens its line; mice and fingers press evenly.
   * @param {StrokePoint[]} points
   * @param {PointerEvent} event
   */
  #extend(points, { clientX, clientY, pointerType, pressure }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const [x, y] = [(clientX - left) / width, (clientY - top) / height];
    const pressed = this.brush * (pointerType === "pen" ? 0.5 + pressure : 1);
    const lifted = pressure === 0 ? points.at(-1) : undefined;
    points.push({ x, y, width: lifted?.width ?? pressed });
    this.#segment(points, points.length - 1);
  }

  #changed() {
    this.redraw();
    this.#on.rest();
  }
}

/**
 * @param {StrokePoint} a
 * @param {StrokePoint} b
 */
function halfway(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
