// One of the planes: its map, where the ring stands on it, and the decoder of its model.

import { Lasso } from "../plane/lasso.js";
import { Latent } from "../plane/latent.js";
import { LatentMap } from "../plane/map.js";
import { Markers } from "../plane/markers.js";
import { PointerSurface } from "../plane/pointer_surface.js";
import { query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";
import { floats } from "../shared/encoding.js";
import { Engine } from "../shared/engine.js";
import { Decoder } from "../shared/graph.js";
import { Notice } from "../shared/notice.js";
import { painterFor } from "../shared/painter.js";
import { NumbersByExample } from "./numbers_by_example.js";

/** @import { FailureTexts } from "../shared/notice.js" */
/** @import { Decoded } from "../shared/onnxruntime_types.d.ts" */
/** @import { Painter } from "../shared/painter.js" */
/** @import { ComparedPlane, Program } from "../shared/messages.d.ts" */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { SurfaceListener } from "../plane/pointer_surface.js" */

/** @type {FailureTexts} */
const NO_MAP = {
  network: "The network failed while the map was loading.",
  missing: "The server does not have this map any more. Reload the page.",
  browser: "The map could not be drawn in this browser.",
};
/** @type {FailureTexts} */
const NO_DECODER = {
  network: "The network failed while the decoder was loading.",
  missing: "The server does not have this decoder any more. Reload the page.",
  browser: "Your browser cannot decode here; the server decodes when you let go.",
};

const KEYS = "Arrow keys walk from example to example, with Shift in bigger steps.";

/**
 * @typedef {object} CellListener
 * @property {() => void} drawn the map is there
 * @property {() => void} ready the decoder can answer, and where the examples are is known
 */

export class PlaneCell {
  /** @type {LatentMap} */
  map;
  /** @type {Lasso} */
  lasso;
  /** @type {Latent} */
  latent;
  /** Where the ring stands; null before the examples are there. @type {Float32Array | null} */
  pinned = null;
  /** @type {HTMLElement} */
  plot;
  /** @type {ComparedPlane} */
  #state;
  /** @type {Markers} */
  #markers;
  /** @type {PointerSurface | null} */
  #surface = null;
  /** @type {Decoder} */
  #decoder;
  /** @type {Painter} */
  #painter;
  /** @type {NumbersByExample | null} */
  #codes = null;
  /** @type {Float32Array | null} shown elsewhere than where the ring stands */
  #looked = null;
  /** @type {{ map: Notice, decoder: Notice }} */
  #notices;
  /** @type {HTMLElement} */
  #section;
  /** @type {CellListener} */
  #on;
  #plotly;

  /**
   * @param {HTMLElement} section
   * @param {HTMLElement} output host of what is decoded
   * @param {ComparedPlane} state
   * @param {Program} program
   * @param {CellListener} on
   */
  constructor(section, output, state, program, on) {
    this.#section = section;
    this.#state = state;
    this.#on = on;
    this.#plotly = program.plotly;
    this.plot = query(section, ".lp-plot");
    this.latent = new Latent(state.plane);
    this.map = new LatentMap(section, query(section, ".lp-figure"), {
      changed: () => this.place(),
      settled: () => this.#settle(),
    });
    this.lasso = new Lasso(query(section, ".lp-lasso", SVGElement));
    this.#markers = new Markers(query(section, ".lp-marks", SVGSVGElement));
    this.#decoder = new Decoder(new Engine(absolute(program.runtime)));
    this.#painter = painterFor(state.output, output);
    this.#notices = {
      map: new Notice(query(section, ".lp-busy")),
      decoder: new Notice(query(section, ".cp-notice")),
    };
    query(section, ".cp-title").textContent = state.title;
    this.#draw();
    this.#load();
  }

  /** @param {SurfaceListener} on what the person does on this plane */
  listen(on) {
    this.#surface = new PointerSurface(query(this.#section, ".lp-surface"), on);
    this.#surface.describe(`Latent plane of ${this.#state.title}. ${KEYS}`);
  }

  get ready() {
    return this.#decoder.ready && this.#codes !== null;
  }

  /** @param {ComparedPlane} state as it is from now on */
  update(state) {
    const before = this.#state;
    this.#state = state;
    query(this.#section, ".cp-caption").textContent = state.caption;
    if (state.figure !== before.figure) {
      this.latent = new Latent(state.plane);
      this.#draw();
    }
    if (!this.#decoder.ready && state.decoded) this.paint(floats(state.decoded));
  }

  /**
   * Where an example lies; null as long as that is not known.
   * @param {number} example
   */
  codeOf(example) {
    return this.#codes?.of(example) ?? null;
  }

  /** @param {Float32Array | null} z */
  pin(z) {
    this.pinned = z;
    this.look(null);
  }

  /** @param {Float32Array | null} z shown for now; null where the ring stands */
  look(z) {
    this.#looked = z;
    this.place();
  }

  /**
   * z moved to a place on the plane; what lies off it is the ring's.
   * @param {Point} place
   */
  at(place) {
    const z = this.pinned ?? new Float32Array(this.latent.size);
    return this.latent.moved(z, place);
  }

  /**
   * @param {Float32Array} z
   * @param {number} label
   * @returns {Promise<Decoded>}
   */
  decode(z, label) {
    return this.#decoder.decode(Float32Array.from(z), z.length, Math.max(0, label));
  }

  /** @param {Float32Array} values */
  paint(values) {
    this.#painter.paint(values);
  }

  /** Puts the ring where the axes now have it. */
  place() {
    if (!this.map.drawn || !this.pinned) return;
    const pixel = (/** @type {Float32Array} */ z) => this.map.pixel(this.latent.project(z));
    this.#markers.pin(pixel(this.pinned));
    this.#markers.look(this.#looked && pixel(this.#looked));
  }

  close() {
    this.#decoder.close();
    this.map.close();
    for (const notice of Object.values(this.#notices)) notice.close();
  }

  #settle() {
    if (!this.map.drawn) return;
    this.#surface?.place(this.map.frame);
    this.#markers.place(this.map.frame, this.latent.flat);
    this.place();
  }

  async #draw() {
    const { figure } = this.#state;
    try {
      await this.map.show(this.#plotly, figure, this.latent.flat);
      this.#notices.map.say(null);
      this.#on.drawn();
    } catch (error) {
      console.error(error);
      if (figure === this.#state.figure) this.#notices.map.blame(error, NO_MAP, () => this.#draw());
    }
  }

  async #load() {
    const { decoder, classes, codes } = this.#state;
    const [opened] = await Promise.all([
      this.#decoder.open(absolute(decoder), classes),
      NumbersByExample.at(codes).then(
        (found) => {
          this.#codes = found;
        },
        (error) => this.#blame(error),
      ),
    ]);
    if (!opened && this.#decoder.failure) this.#blame(this.#decoder.failure);
    this.#on.ready();
  }

  /** @param {unknown} error */
  #blame(error) {
    console.error(error);
    this.#notices.decoder.blame(error, NO_DECODER, () => this.#load());
  }
}
