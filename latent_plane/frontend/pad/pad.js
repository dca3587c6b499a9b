// Joins the parts: what has been drawn, what the model makes of it, who is told.

import { publish } from "../shared/bus.js";
import { differs, query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";
import { bytes, packBytes } from "../shared/encoding.js";
import { Engine } from "../shared/engine.js";
import { Decoder, Encoder } from "../shared/graph.js";
import { LatestOnly } from "../shared/latest_only.js";
import { Notice } from "../shared/notice.js";
import { RadioGroup } from "../shared/radio_group.js";
import { Stats } from "../shared/stats.js";
import { divergence, reconstruction } from "./elbo.js";
import { InkCanvas } from "./ink_canvas.js";
import { Pictures } from "./pictures.js";
import { RECIPES } from "./preprocess.js";
import { Tools } from "./tools.js";

/** @import { PadGesture, PadState, Send } from "../shared/messages.d.ts" */
/** @import { FailureTexts } from "../shared/notice.js" */

/**
 * What the model sees and makes of it, as far as it can.
 * @typedef {object} Sight
 * @property {Uint8Array} [grey]
 * @property {Float32Array} [x] the same in [0, 1]
 * @property {Float32Array} [mean]
 * @property {Float32Array} [logVar]
 * @property {Float32Array} [decoded]
 */

/** @typedef {{ stamp: number, arrival: number, label: number | null }} Wish */

/** @type {FailureTexts} */
const NO_MODEL = {
  network: "The network failed while the model was loading. You can draw meanwhile.",
  missing: "The model could not be loaded: the server does not have it any more. Reload the page.",
  browser: "This browser cannot run the model. You can draw, but nothing is encoded here.",
};

export class DrawingPad {
  /** @type {HTMLElement} */
  #root;
  /** @type {PadState} as Python said it last */
  #state;
  /** Nothing has been built yet. */
  #fresh = true;
  #closed = false;
  /** @type {Send} */
  #send = () => {};
  /** @type {number | null} Python's changes that we have followed */
  #revision = null;
  /** @type {number} */
  #serial;
  /** A change is complete that Python has not heard of. */
  #untold = false;
  /** @type {number | null} */
  #label = null;
  /** @type {Wish | null} */
  #newest = null;
  /** @type {Sight & { label: number | null }} */
  #sight = { label: null };
  /** @type {Stats} */
  #stats;
  /** @type {Encoder} */
  #encoder;
  /** @type {Decoder} */
  #decoder;
  /** @type {LatestOnly<Wish, Sight>} */
  #stream;
  /** @type {InkCanvas} */
  #ink;
  /** @type {Tools} */
  #tools;
  /** @type {Pictures} */
  #pictures;
  /** @type {RadioGroup} */
  #classes;
  /** @type {Notice} */
  #notice;
  /** @type {HTMLElement} */
  #reconstruction;
  /** @type {HTMLElement} */
  #kl;
  /** @type {HTMLElement} */
  #voice;

  /**
   * @param {HTMLElement} root
   * @param {PadState} state
   */
  constructor(root, state) {
    this.#root = root;
    this.#state = state;
    this.#serial = state.serial;
    this.#stats = new Stats(state.key, "padStats");
    this.#encoder = new Encoder(new Engine(absolute(state.runtime)));
    this.#decoder = new Decoder(new Engine(absolute(state.runtime)));
    this.#stream = new LatestOnly(
      (wish) => this.#look(wish),
      (sight, wish) => this.#show(sight, wish),
    );
    this.#ink = new InkCanvas(query(root, ".dp-sheet", HTMLCanvasElement), {
      draw: (stamp) => this.#want(stamp),
      rest: () => this.#complete(),
    });
    this.#tools = new Tools(root, this.#ink);
    this.#pictures = new Pictures(root);
    this.#classes = new RadioGroup(query(root, ".dp-classes"), (label) => this.#choose(label));
    this.#notice = new Notice(query(root, ".dp-notice"));
    this.#reconstruction = query(root, ".dp-reconstruction");
    this.#kl = query(root, ".dp-kl");
    this.#voice = query(root, ".dp-voice");
  }

  /**
   * Called whenever data or theme have changed; does only what has changed.
   * @param {PadState} state
   * @param {Send} send
   */
  update(state, send) {
    /** @type {Partial<PadState>} */
    const before = this.#fresh ? {} : this.#state;
    const changed = (/** @type {(keyof PadState)[]} */ ...names) =>
      differs(before, state, ...names);
    this.#state = state;
    this.#send = send;
    this.#fresh = false;
    if (changed("height")) this.#root.style.setProperty("--dp-height", `${state.height}px`);
    if (changed("recipe")) this.#tools.brushFor(state.recipe);
    if (changed("classes")) this.#classes.build(state.classes);
    if (changed("output")) this.#reshape();
    if (changed("output") || this.#revision !== state.revision) this.#follow();
    if (changed("plane")) this.#publish(before.plane);
    if (changed("encoder", "decoder", "classes")) this.#open();
    const colour = getComputedStyle(this.#root).getPropertyValue("--st-text-color").trim();
    this.#ink.recolour(colour);
  }

  close() {
    this.#stream.forget();
    this.#sight = { label: null };
    this.#publish();
    this.#closed = true; // a last answer may be on its way
    this.#notice.close();
    this.#encoder.close();
    this.#decoder.close();
  }

  get #ready() {
    return this.#encoder.ready && this.#decoder.ready;
  }

  #reshape() {
    const { output } = this.#state;
    this.#root.style.setProperty("--dp-ratio", String(output.width / output.height));
    this.#ink.shape(output);
    this.#pictures.shape(output);
  }

  /** Python has put something else here, unless the person draws just now: then hers is newer. */
  #follow() {
    const { revision, picture, label, output } = this.#state;
    this.#revision = revision;
    if (this.#ink.drawing) return;
    this.#label = label;
    this.#classes.choose(label);
    this.#ink.put(picture ? bytes(picture) : null, output);
    this.#want();
  }

  async #open() {
    const { encoder, decoder, classes } = this.#state;
    await Promise.all([
      this.#encoder.open(absolute(encoder), classes.length),
      this.#decoder.open(absolute(decoder), classes.length),
    ]);
    const failure = this.#encoder.failure ?? this.#decoder.failure;
    if (failure) this.#notice.blame(failure, NO_MODEL, () => this.#open());
    else this.#notice.say(null);
    if (this.#ready) this.#stats.note("ready");
    this.#want();
  }

  #want(stamp = performance.now()) {
    this.#tools.refresh();
    this.#root.toggleAttribute("data-inked", !this.#ink.empty);
    this.#newest = { stamp, arrival: performance.now(), label: this.#label };
    this.#stream.want(this.#newest);
  }

  /**
   * @param {Wish} wish
   * @returns {Promise<Sight>}
   */
  async #look({ label }) {
    const { output, recipe } = this.#state;
    const { empty, picture } = this.#ink;
    const grey = empty ? null : (picture ?? RECIPES[recipe](this.#ink.ink(), output));
    if (!grey) return {};
    const x = Float32Array.from(grey, (value) => value / 255);
    if (!this.#ready) return { grey, x };
    const shape = [output.height, output.width, 1];
    const { mean, logVar } = await this.#encoder.encode(x, shape, label);
    const { values } = await this.#decoder.decode(mean, mean.length, label);
    return { grey, x, mean, logVar, decoded: values };
  }

  /**
   * @param {Sight} sight
   * @param {Wish} wish
   */
  #show(sight, wish) {
    if (this.#closed) return;
    this.#sight = { ...sight, label: wish.label };
    this.#pictures.show(sight.x ?? null, sight.decoded ?? null);
    this.#write(sight);
    if (sight.decoded) this.#stats.count(wish);
    this.#publish();
    if (this.#untold && wish === this.#newest && !this.#ink.drawing) this.#tell();
  }

  /** @param {Sight} sight */
  #write({ x, mean, logVar, decoded }) {
    const known = x && mean && logVar && decoded;
    this.#reconstruction.textContent = known ? reconstruction(x, decoded).toFixed(1) : "–";
    this.#kl.textContent = known ? divergence(mean, logVar).toFixed(2) : "–";
  }

  /** @param {string | null} [former] key of the plane that followed so far */
  #publish(former = this.#state.plane) {
    const { plane } = this.#state;
    if (former && former !== plane) publish(`posterior:${former}`, null);
    if (!plane) return;
    const { mean, logVar, label } = this.#sight;
    publish(`posterior:${plane}`, mean && logVar ? { mean, logVar, label } : null);
  }

  /** A change is complete: it is told when the model has answered to it. */
  #complete() {
    this.#untold = true;
    this.#want();
  }

  /** The one message of a stroke. */
  #tell() {
    const { grey, mean, logVar, label } = this.#sight;
    this.#serial += 1;
    this.#untold = false;
    const [nats, kl] = [this.#reconstruction.textContent, this.#kl.textContent];
    this.#voice.textContent = mean ? `Reconstruction loss ${nats} nats, KL ${kl} nats` : "";
    /** @type {PadGesture} */
    const gesture = {
      serial: this.#serial,
      encoder: this.#state.encoder,
      picture: grey ? packBytes(grey) : "",
      mean: mean ? Array.from(mean) : null,
      logVar: logVar ? Array.from(logVar) : null,
      label,
    };
    this.#send("gesture", gesture);
  }

  /** @param {number} label */
  #choose(label) {
    if (label === this.#label) return;
    this.#label = label;
    this.#classes.choose(label);
    this.#complete();
  }
}
