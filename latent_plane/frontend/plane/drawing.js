// What is to be seen: the map with what lies over it, the decoder's answer, the panel's words.

import { publish } from "../shared/bus.js";
import { query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";
import { floats } from "../shared/encoding.js";
import { Engine } from "../shared/engine.js";
import { EngineProxy } from "../shared/engine_proxy.js";
import { Decoder } from "../shared/graph.js";
import { Stats } from "../shared/stats.js";
import { Latent, same } from "./latent.js";
import { Loading } from "./loading.js";
import { LatentMap } from "./map.js";
import { Markers } from "./markers.js";
import { OutputView } from "./output_view.js";
import { Overlays } from "./overlays.js";
import { Panel } from "./panel.js";
import { PosteriorOverlay } from "./posterior_overlay.js";
import { ResizeAndTheme } from "./resize_and_theme.js";
import { ScatterMatrix } from "./scatter_matrix.js";

/** @import { PlaneState } from "../shared/messages.d.ts" */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { Posterior } from "../shared/topics.d.ts" */
/** @import { Looking, PanelListener } from "./panel.js" */

/**
 * @typedef {object} DrawingListener
 * @property {() => void} moved the axes are moving, or something may be placed on them now
 * @property {() => void} settled the map has been drawn
 * @property {() => void} ready the decoder can answer
 * @property {() => void} failed there is no decoder here
 * @property {(rows: Set<number>) => void} selected in the scatter matrix
 */

export class Drawing {
  /** @type {LatentMap} */
  map;
  /** @type {ScatterMatrix} */
  matrix;
  /** @type {Panel} */
  panel;
  /** @type {Decoder} */
  decoder;
  /** @type {Latent} */
  latent;
  /** @type {Loading} */
  loading;
  /** @type {Stats} */
  stats;
  /** @type {Overlays} */
  overlays;
  /** @type {PlaneState} */
  #state;
  /** @type {OutputView} */
  #output;
  /** @type {Markers} */
  #markers;
  /** @type {PosteriorOverlay} */
  #posterior;
  /** @type {ResizeAndTheme} */
  #surroundings;

  /**
   * @param {HTMLElement} root
   * @param {PlaneState} state
   * @param {PanelListener} controls
   * @param {DrawingListener} on
   */
  constructor(root, state, controls, on) {
    this.#state = state;
    this.latent = new Latent(state.plane);
    this.stats = new Stats(state.key);
    this.decoder = new Decoder(new Engine(absolute(state.runtime)));
    const [plot, section] = [query(root, ".lp-plot"), query(root, ".lp-matrix")];
    const { moved: changed, settled } = on;
    this.map = new LatentMap(root, query(plot, ".lp-figure"), { changed, settled });
    this.matrix = new ScatterMatrix(root, section, on.selected);
    this.panel = new Panel(root, controls);
    const host = query(root, ".lp-output");
    this.#output = new OutputView(host, this.decoder, this.matrix, this.stats);
    this.#markers = new Markers(query(plot, ".lp-marks", SVGSVGElement));
    this.#posterior = new PosteriorOverlay(this.#markers, this.map);
    this.loading = new Loading(root, state, this, on);
    this.overlays = this.#overlaid(query(root, ".lp-manifold", HTMLCanvasElement), on);
    this.#surroundings = new ResizeAndTheme(root, [plot, section], [this.map, this.matrix]);
  }

  /** @param {PlaneState} state as it is from now on */
  update(state) {
    this.#state = state;
    this.loading.update(state);
  }

  /** For another model, or other ends of its sliders. */
  rebuild() {
    this.latent = new Latent(this.#state.plane);
    this.#output.configure(this.#state.output);
    this.panel.build(this.#state);
    this.overlays.configure(this.#state, this.latent);
  }

  /** What the panel offers to show on the map. */
  offer() {
    this.panel.offer(this.overlays.entries(!this.decoder.failure));
  }

  /** Looks whether the page has another theme. */
  look() {
    this.#surroundings.look();
  }

  /** Where the posterior of the clicked example is now, by the state. */
  outline() {
    const { ellipse } = this.#state;
    this.map.outline(ellipse ? floats(ellipse) : new Float32Array());
  }

  /** @param {Posterior | null} posterior of another component */
  receive(posterior) {
    this.#posterior.receive(posterior);
  }

  /**
   * Shows a point, without moving the ring.
   * @param {Float32Array} z
   * @param {number | null} label
   * @param {number} stamp of the event that asks for it
   * @param {Point | null} pixel of the pointer that looks around
   * @param {Looking} looking which of the panel's captions
   */
  show(z, label, stamp, pixel, looking) {
    this.panel.show(z, this.latent);
    publish(`shown:${this.#state.key}`, { z, label, pinned: looking === "pinned" });
    this.#markers.look(pixel);
    if (this.decoder.ready) {
      this.#output.want(z, label, stamp);
      this.panel.caption(looking);
    } else {
      this.panel.caption(same(z, Float32Array.from(this.#state.z)) ? "pinned" : "waiting");
    }
  }

  /** Shows what the server has decoded, if it has. */
  paintServer() {
    if (this.#state.decoded === null) return;
    this.#output.paint(floats(this.#state.decoded));
    this.panel.caption("pinned");
    this.stats.note("first");
  }

  /** Fits what lies over the map to its frame. */
  settle() {
    this.#markers.place(this.map.frame, this.latent.flat);
  }

  /**
   * Puts the ring and the grid of pictures where the axes now have them.
   * @param {Float32Array} z
   * @param {number | null} label
   */
  place(z, label) {
    this.#markers.pin(this.map.pixel(this.latent.project(z)));
    this.#posterior.place(this.latent);
    this.overlays.place(z, label);
  }

  close() {
    publish(`shown:${this.#state.key}`, null);
    this.#surroundings.close();
    this.#output.forget();
    this.loading.close();
    this.decoder.close();
    this.overlays.close();
    this.map.close();
    this.matrix.close();
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {DrawingListener} on
   */
  #overlaid(canvas, on) {
    const distant = new Decoder(new EngineProxy(absolute(this.#state.runtime)));
    return new Overlays(canvas, this.map, distant, {
      done: (milliseconds) => {
        this.stats.manifold = milliseconds;
      },
      ready: on.moved,
      failed: (failure) => this.loading.grid(failure),
    });
  }
}
