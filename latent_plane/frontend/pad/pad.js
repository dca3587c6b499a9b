// Joins the parts: what is on the sheet, what the model makes of it, who is told.

import { absolute } from "../shared/download.js";
import { publish } from "../shared/bus.js";
import { bytes, packBytes } from "../shared/encoding.js";
import { RadioGroup } from "../shared/radio_group.js";
import { Decoder, Encoder } from "../shared/graph.js";
import { Engine } from "../shared/engine.js";
import { Stats } from "../shared/stats.js";
import { LatestOnly } from "../shared/latest_only.js";
import { divergence, reconstruction } from "./elbo.js";
import { Pictures } from "./pictures.js";
import { RECIPES } from "./preprocess.js";
import { InkCanvas } from "./ink_canvas.js";

const NOTICE = "The model could not be loaded in this browser. You can draw, but nothing is made of it here.";
const BRUSHES = { mnist: 8, box: 12 }; // percent of the sheet's width

export class DrawingPad {
  constructor(root, data) {
    const find = (name) => root.querySelector(`.dp-${name}`);
    Object.assign(this, { root, data: {}, revision: null, serial: data.serial, untold: false });
    this.stats = new Stats(data.key, "padStats");
    this.encoder = new Encoder(new Engine(absolute(data.runtime)));
    this.decoder = new Decoder(new Engine(absolute(data.runtime)));
    this.stream = new LatestOnly((wish) => this.#look(wish), (sight, wish) => this.#show(sight, wish));
    this.sheet = new InkCanvas(find("sheet"), {
      draw: (stamp) => this.#want(stamp),
      rest: () => this.#complete(),
    });
    this.pictures = new Pictures(root);
    this.chips = new RadioGroup(find("classes"), (label) => this.#choose(label));
    [this.undo, this.clear, this.notice] = [find("undo"), find("clear"), find("notice")];
    [this.reconstruction, this.kl, this.voice] = [find("reconstruction"), find("kl"), find("voice")];
    this.undo.onclick = () => this.sheet.undo();
    this.clear.onclick = () => this.sheet.clear();
    this.brush = find("brush").querySelector("input");
    this.brush.oninput = () => this.#brushed(this.brush.valueAsNumber);
    root.onkeydown = (event) => this.#key(event);
  }

  // Called by Streamlit whenever data or theme have changed; does only what has changed.
  update({ data, setStateValue }) {
    const before = this.data;
    Object.assign(this, { data, send: setStateValue });
    const changed = (...names) =>
      names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(data[name]));
    if (changed("height")) this.root.style.setProperty("--dp-height", `${data.height}px`);
    if (changed("recipe")) this.#brushed(BRUSHES[data.recipe]);
    if (changed("classes")) this.chips.build(data.classes);
    if (changed("output")) this.#reshape();
    if (changed("output") || this.revision !== data.revision) this.#follow();
    if (changed("plane")) this.#publish(before.plane);
    if (changed("encoder", "decoder", "classes")) this.#open();
    this.sheet.recolour(getComputedStyle(this.root).getPropertyValue("--st-text-color").trim());
  }

  close() {
    this.stream.forget();
    this.sight = null;
    this.#publish();
    Object.assign(this, { data: {}, untold: false }); // a last answer may be on its way
    this.encoder.close();
    this.decoder.close();
  }

  get #ready() {
    return this.encoder.ready && this.decoder.ready;
  }

  #reshape() {
    const { output } = this.data;
    this.root.style.setProperty("--dp-ratio", output.width / output.height);
    this.sheet.shape(output);
    this.pictures.shape(output);
  }

  // Python has put something else here, unless the person draws just now: then hers is newer.
  #follow() {
    const { revision, picture, label, output } = this.data;
    this.revision = revision;
    if (this.sheet.drawing) return;
    this.label = label;
    this.chips.choose(label);
    this.sheet.put(picture ? bytes(picture) : null, output);
    this.#want();
  }

  async #open() {
    const { encoder, decoder, classes } = this.data;
    const graphs = [this.encoder.open(absolute(encoder), classes.length)];
    graphs.push(this.decoder.open(absolute(decoder), classes.length));
    await Promise.all(graphs);
    const failure = this.encoder.failure ?? this.decoder.failure;
    this.notice.hidden = !failure;
    this.notice.textContent = failure ? NOTICE : "";
    if (this.#ready) this.stats.note("ready");
    this.#want();
  }

  #want(stamp = performance.now()) {
    this.undo.disabled = !this.sheet.entries.length;
    this.clear.disabled = this.sheet.empty;
    this.root.toggleAttribute("data-inked", !this.sheet.empty);
    this.newest = { stamp, arrival: performance.now(), label: this.label };
    this.stream.want(this.newest);
  }

  // What the model sees and makes of it: { grey, x, mean, logVar, decoded }, as far as it can.
  async #look({ label }) {
    const { output, recipe } = this.data;
    const { empty, picture } = this.sheet;
    const grey = empty ? null : (picture ?? RECIPES[recipe](this.sheet.ink(), output));
    if (!grey) return {};
    const x = Float32Array.from(grey, (value) => value / 255);
    if (!this.#ready) return { grey, x };
    const { mean, logVar } = await this.encoder.encode(x, [output.height, output.width, 1], label);
    const { values } = await this.decoder.decode(mean, mean.length, label);
    return { grey, x, mean, logVar, decoded: values };
  }

  #show(sight, wish) {
    const { x = null, mean, logVar, decoded = null } = sight;
    this.sight = { ...sight, label: wish.label };
    this.pictures.show(x, decoded);
    this.reconstruction.textContent = decoded ? reconstruction(x, decoded).toFixed(1) : "–";
    this.kl.textContent = decoded ? divergence(mean, logVar).toFixed(2) : "–";
    if (decoded) this.stats.count(wish);
    this.#publish();
    if (this.untold && wish === this.newest && !this.sheet.drawing) this.#tell();
  }

  #publish(former = this.data.plane) {
    if (former && former !== this.data.plane) publish(`posterior:${former}`, null);
    const { mean, logVar, label } = this.sight ?? {};
    if (this.data.plane) {
      publish(`posterior:${this.data.plane}`, mean ? { mean, logVar, label } : null);
    }
  }

  // A change is complete: it is told when the model has answered to it.
  #complete() {
    this.untold = true;
    this.#want();
  }

  // The one message of a stroke.
  #tell() {
    const { grey, mean, logVar, label } = this.sight;
    this.serial += 1;
    this.untold = false;
    this.voice.textContent = mean
      ? `Reconstruction ${this.reconstruction.textContent} nats, KL ${this.kl.textContent} nats`
      : "";
    this.send("gesture", {
      serial: this.serial,
      encoder: this.data.encoder,
      picture: grey ? packBytes(grey) : "",
      mean: mean ? Array.from(mean) : null,
      logVar: mean ? Array.from(logVar) : null,
      label: label ?? null,
    });
  }

  #choose(label) {
    if (label === this.label) return;
    this.label = label;
    this.chips.choose(label);
    this.#complete();
  }

  #brushed(percent) {
    this.brush.value = String(percent);
    this.brush.setAttribute("aria-valuetext", `${percent} percent of the pad's width`);
    this.root.style.setProperty("--dp-brush", percent);
    this.sheet.brush = percent / 100;
  }

  #key(event) {
    const { key, ctrlKey, metaKey } = event;
    const undo = key.toLowerCase() === "z" && (ctrlKey || metaKey);
    if (!undo && key !== "Escape" && key !== "Delete") return;
    event.preventDefault();
    if (undo) this.sheet.undo();
    else this.sheet.clear();
  }
}
