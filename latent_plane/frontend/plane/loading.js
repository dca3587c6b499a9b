// Decoder, map and features as they come, and what to say and do when they don't.

import { query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";
import { Notice } from "../shared/notice.js";
import { coming, onProgress, slowNetwork } from "../shared/progress.js";

/** @import { PlaneState } from "../shared/messages.d.ts" */
/** @import { FailureTexts } from "../shared/notice.js" */
/** @import { Drawing, DrawingListener } from "./drawing.js" */

/** @type {FailureTexts} */
const NO_DECODER = {
  network: "The network failed while the decoder was loading. The server decodes when you let go.",
  missing: "The server does not have this decoder any more. Reload the page.",
  browser: "Your browser cannot decode here; the server decodes when you let go.",
};
/** @type {FailureTexts} */
const NO_GRID = {
  network: "The network failed while the pictures' decoder was loading.",
  missing: "The server does not have this decoder any more. Reload the page.",
  browser: "Your browser cannot decode pictures for the map.",
};
/** @type {FailureTexts} */
const NO_MAP = {
  network: "The network failed while the map was loading. The sliders still work.",
  missing: "The server does not have this map any more. Reload the page.",
  browser: "The map could not be drawn in this browser; the sliders still work.",
};
/** @type {FailureTexts} */
const NO_MATRIX = {
  network: "The network failed while the plots of the features were loading.",
  missing: "The server does not have the plots of the features any more. Reload the page.",
  browser: "The features could not be drawn in this browser.",
};

const SLOW = 1000; // milliseconds; what comes sooner is not worth a word

export class Loading {
  /** @type {() => void} */
  #leave;
  #began = performance.now();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  /** @type {Promise<void>} settles when the map is there, or known not to come */
  #drawn = Promise.resolve();
  /** @type {Drawing} */
  #drawing;
  /** @type {PlaneState} */
  #state;
  /** @type {DrawingListener} */
  #on;
  /** @type {Notice} */
  #decoder;
  /** @type {Notice} */
  #map;
  /** @type {Notice} */
  #matrix;
  /** @type {HTMLElement} */
  #busy;
  /** @type {HTMLElement} */
  #coming;

  /**
   * @param {HTMLElement} root
   * @param {PlaneState} state
   * @param {Drawing} drawing
   * @param {DrawingListener} on
   */
  constructor(root, state, drawing, on) {
    this.#drawing = drawing;
    this.#state = state;
    this.#on = on;
    this.#busy = query(root, ".lp-busy");
    this.#coming = query(root, ".lp-coming");
    this.#leave = onProgress(() => this.#progress());
    this.#decoder = new Notice(query(root, ".lp-notice"));
    this.#map = new Notice(this.#busy);
    this.#matrix = new Notice(query(root, ".lp-missing"));
  }

  /** @param {PlaneState} state as it is from now on */
  update(state) {
    this.#state = state;
  }

  async decoder() {
    const { decoder, overlays, stats } = this.#drawing;
    const [url, classes] = [absolute(this.#state.decoder), this.#state.classes.length];
    if (slowNetwork()) await this.#drawn;
    if (url !== absolute(this.#state.decoder)) return; // another one is wanted by now
    overlays.open(url, classes);
    if (await decoder.open(url, classes)) {
      stats.note("ready");
      this.#decoder.say(null);
      this.#on.ready();
    } else if (decoder.failure) {
      this.#decoder.blame(decoder.failure, NO_DECODER, () => this.decoder());
      this.#drawing.offer();
      this.#on.failed();
    }
  }

  map() {
    this.#drawn = this.#draw();
    return this.#drawn;
  }

  async #draw() {
    const { map, latent, stats } = this.#drawing;
    const { plotly, figure } = this.#state;
    try {
      await map.show(plotly, figure, latent.flat);
      this.#map.close();
      this.#busy.hidden = true;
      stats.note("drawn");
      this.#drawing.offer();
    } catch (error) {
      console.error(error);
      if (figure === this.#state.figure) this.#map.blame(error, NO_MAP, () => this.map());
    }
  }

  async matrix() {
    const { plotly, matrix } = this.#state;
    try {
      await this.#drawing.matrix.show(plotly, matrix);
      this.#matrix.say(null);
    } catch (error) {
      console.error(error);
      if (matrix === this.#state.matrix) {
        this.#matrix.blame(error, NO_MATRIX, () => this.matrix());
      }
    }
  }

  /** @param {Error} failure of the decoder in the worker */
  grid(failure) {
    this.#decoder.blame(failure, NO_GRID, () => this.#drawing.overlays.switch("manifold", true));
  }

  #progress() {
    const now = coming();
    clearTimeout(this.#later);
    if (!now) this.#began = performance.now();
    const wait = this.#began + SLOW - performance.now();
    this.#coming.hidden = !now || wait > 0;
    if (now && wait > 0) this.#later = setTimeout(() => this.#progress(), wait + 1);
    if (!now || wait > 0) return;
    const what = this.#busy.hidden ? "the decoder" : "the map and the decoder";
    const [done, total] = [now.done, now.total].map((bytes) => (bytes / 1e6).toFixed(1));
    const until = this.#busy.hidden ? ". Let go to see a picture" : "";
    query(this.#coming, "span").textContent = `Loading ${what}: ${done} of ${total} MB${until}`;
    /** @type {HTMLProgressElement} */ (query(this.#coming, "progress")).value =
      now.done / now.total;
  }

  close() {
    this.#leave();
    clearTimeout(this.#later);
    for (const notice of [this.#decoder, this.#map, this.#matrix]) notice.close();
  }
}
