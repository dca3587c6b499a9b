// The sheet of paper: strokes that can be taken back. Ink is opaque, in the colour of the page's
// text, on nothing: how much ink is somewhere is the canvas's own alpha.

const SIDE = 448; // pixels of the longer side, whatever its size on the screen

export class InkCanvas {
  // on: { draw(stamp), rest() }: while the pointer draws, and whenever a change is complete
  constructor(canvas, on) {
    Object.assign(this, { canvas, on, brush: 0.08, colour: "#000", stroke: null });
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.underlay = null; // { picture: Uint8Array, image: canvas }
    this.entries = []; // strokes, and null where all was cleared
    const listen = (type, handler) => canvas.addEventListener(type, handler);
    listen("pointerdown", (event) => this.#press(event));
    listen("pointermove", (event) => this.#move(event));
    listen("pointerup", (event) => this.#lift(event));
    listen("pointercancel", (event) => this.#lift(event));
  }

  get drawing() {
    return this.stroke !== null;
  }

  get empty() {
    return !this.#strokes().length && !this.#ground();
  }

  // The picture that was put here, while nobody has drawn on it.
  get picture() {
    return this.#strokes().length ? null : (this.#ground()?.picture ?? null);
  }

  // output: the size of the model's pictures, whose shape the sheet has
  shape({ width, height }) {
    const scale = SIDE / Math.max(width, height);
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
  }

  // Lays a picture of the model's size under the strokes to come; null for an empty sheet.
  put(picture, { width, height }) {
    this.underlay = picture && { picture, image: new OffscreenCanvas(width, height) };
    this.entries = [];
    this.stroke = null;
    this.redraw();
  }

  undo() {
    if (this.drawing || !this.entries.length) return;
    this.entries.pop();
    this.#changed();
  }

  clear() {
    if (this.drawing || this.empty) return;
    this.entries.push(null);
    this.#changed();
  }

  recolour(colour) {
    if (colour === this.colour) return;
    this.colour = colour;
    this.redraw();
  }

  redraw() {
    const { context, canvas, colour } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(context, { lineCap: "round", strokeStyle: colour, fillStyle: colour });
    const ground = this.#ground();
    if (ground) this.#lay(ground);
    for (const points of this.#strokes()) points.forEach((_, i) => this.#segment(points, i));
  }

  // How much ink is where: { values: from 0 to 255, width, height }
  ink() {
    const { width, height } = this.canvas;
    const { data } = this.context.getImageData(0, 0, width, height);
    const values = new Uint8Array(width * height);
    for (let i = 0; i < values.length; i++) values[i] = data[4 * i + 3];
    return { values, width, height };
  }

  #strokes() {
    return this.entries.slice(this.entries.lastIndexOf(null) + 1);
  }

  #ground() {
    return this.entries.includes(null) ? null : this.underlay;
  }

  #lay({ picture, image }) {
    const { context, canvas } = this;
    const small = image.getContext("2d");
    small.fillStyle = this.colour;
    small.fillRect(0, 0, image.width, image.height);
    const pixels = small.getImageData(0, 0, image.width, image.height);
    picture.forEach((value, i) => (pixels.data[4 * i + 3] = value));
    small.putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }

  // A curve to the middle between this point and the one before, around the latter; a dot at
  // first, since a curve of no length leaves no ink.
  #segment(points, i) {
    const { context, canvas } = this;
    const next = points[i];
    const turn = points[i - 1] ?? next;
    const first = points[i - 2] ?? turn;
    const middle = (a, b) => [((a.x + b.x) / 2) * canvas.width, ((a.y + b.y) / 2) * canvas.height];
    context.lineWidth = next.width * canvas.width;
    context.beginPath();
    if (i === 0) {
      context.arc(...middle(next, next), context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    context.moveTo(...middle(first, turn));
    context.quadraticCurveTo(turn.x * canvas.width, turn.y * canvas.height, ...middle(turn, next));
    context.stroke();
  }

  #press(event) {
    if (event.button !== 0 || this.drawing) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = { id: event.pointerId, points: [] };
    this.entries.push(this.stroke.points);
    this.#extend(event);
    this.on.draw(event.timeStamp);
  }

  #move(event) {
    if (event.pointerId !== this.stroke?.id) return;
    const fine = event.getCoalescedEvents();
    for (const part of fine.length ? fine : [event]) this.#extend(part);
    this.on.draw(event.timeStamp);
  }

  #lift(event) {
    if (event.pointerId !== this.stroke?.id) return;
    this.#extend(event); // ends the curve at the pointer, not half a step before it
    this.stroke = null;
    this.on.rest();
  }

  // A pen's pressure widens its line; mice and fingers press evenly.
  #extend({ clientX, clientY, pointerType, pressure }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { points } = this.stroke;
    const at = { x: (clientX - left) / width, y: (clientY - top) / height };
    const pressed = this.brush * (pointerType === "pen" ? 0.5 + pressure : 1);
    const lifted = pressure === 0 && points.length > 0;
    points.push({ ...at, width: lifted ? points.at(-1).width : pressed });
    this.#segment(points, points.length - 1);
  }

  #changed() {
    this.redraw();
    this.on.rest();
  }
}
