// One row on the page: its picture of this moment, its words, its strip.

export class Row {
  // index: of the row; choose(row, frame): a picture was clicked; frame null for the big one
  constructor(index, { output, live, choose }) {
    this.index = index;
    this.element = document.createElement("article");
    this.element.className = "ps-row";
    this.now = button("ps-now", output, () => choose(index, null));
    this.now.element.hidden = !live;
    const words = document.createElement("div");
    words.className = "ps-words";
    [this.name, this.note] = ["strong", "span"].map((tag) => document.createElement(tag));
    words.append(this.name, this.note);
    this.strip = document.createElement("div");
    this.strip.className = "ps-strip";
    this.strip.setAttribute("role", "group");
    this.element.append(this.now.element, words, this.strip);
    Object.assign(this, { output, choose, thumbs: new Map(), near: null, shown: null });
  }

  // frames: which of the row's frames the strip shows
  update({ name, note, muted, colour }, frames) {
    [this.name.textContent, this.note.textContent] = [name, note];
    this.name.style.setProperty("--ps-colour", colour ?? "transparent");
    this.name.toggleAttribute("data-coloured", Boolean(colour));
    this.element.dataset.muted = String(muted);
    this.strip.setAttribute("aria-label", `Pictures of ${name}`);
    this.shown = null;
    if (frames.join() !== [...this.thumbs.keys()].join()) this.#build(frames);
    for (const [frame, { element }] of this.thumbs) {
      element.setAttribute("aria-label", `${name ? `${name}, picture` : "Picture"} ${frame + 1}`);
    }
    this.now.element.setAttribute("aria-label", `${name}, picture at this moment`);
  }

  paint(frame, picture) {
    this.thumbs.get(frame)?.context.putImageData(picture, 0, 0);
  }

  // The picture of this moment, and in the strip the thumbnail nearest to it.
  show(picture, frame = null) {
    if (picture && picture !== this.shown) this.now.context.putImageData(picture, 0, 0);
    this.shown = picture;
    if (frame === null) return;
    const frames = [...this.thumbs.keys()];
    const near = frames.reduce((a, b) => (Math.abs(b - frame) < Math.abs(a - frame) ? b : a), frames[0]);
    if (near === this.near) return;
    this.thumbs.get(this.near)?.element.removeAttribute("data-near");
    this.thumbs.get(near)?.element.setAttribute("data-near", "");
    this.near = near;
  }

  mark(frame) {
    for (const [own, { element }] of this.thumbs) {
      element.setAttribute("aria-pressed", String(own === frame));
    }
  }

  #build(frames) {
    this.near = null;
    this.thumbs = new Map(
      frames.map((frame) => [frame, button("ps-frame", this.output, () => this.choose(this.index, frame))]),
    );
    this.strip.replaceChildren(...[...this.thumbs.values()].map(({ element }) => element));
  }
}

function button(name, { width, height }, clicked) {
  const element = Object.assign(document.createElement("button"), { type: "button", className: name });
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.style.aspectRatio = `${width} / ${height}`;
  element.append(canvas);
  element.onclick = clicked;
  return { element, context: canvas.getContext("2d") };
}
