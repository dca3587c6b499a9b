// Joins the parts: the cursor, what is drawn, the person's gestures, and what Python hears.

import { subscribe } from "../shared/bus.js";
import { differs, query } from "../shared/dom.js";
import { packRows, unpackRows } from "../shared/encoding.js";
import { Drawing } from "./drawing.js";
import { Gestures } from "./gestures.js";
import { described } from "./latent.js";
import { belongs } from "./posterior_overlay.js";
import { PythonSync } from "./python_sync.js";
import { Route } from "./route.js";

/** @import { PlaneState, Send } from "../shared/messages.d.ts" */
/** @import { Point } from "../shared/plotly_types.d.ts" */
/** @import { Posterior } from "../shared/topics.d.ts" */
/** @import { DrawingListener } from "./drawing.js" */
/** @import { Walker } from "./gestures.js" */
/** @import { Looking, PanelListener } from "./panel.js" */

/**
 * @typedef {object} Cursor
 * @property {Float32Array} pinned where the ring stands and what Python hears of
 * @property {Float32Array} shown what is being decoded, elsewhere while the pointer looks around
 * @property {number | null} label
 * @property {number | null} clicked row of the example that the ring stands on
 * @property {boolean} visiting the ring is at another component's posterior, untold to Python
 */

export class Explorer {
  /** @type {HTMLElement} */
  #root;
  /** @type {Partial<PlaneState>} as Python said it last */
  #state = {};
  /** @type {Cursor} */
  #cursor;
  /** @type {PythonSync} */
  #sync;
  /** @type {Drawing} */
  #drawing;
  /** @type {Gestures} */
  #gestures;
  /** @type {Route} */
  #route;
  /** @type {HTMLElement} */
  #voice;
  /** @type {(() => void) | null} */
  #leave = null;

  /**
   * @param {HTMLElement} root
   * @param {PlaneState} state
   */
  constructor(root, state) {
    const z = Float32Array.from(state.z);
    this.#root = root;
    this.#cursor = { pinned: z, shown: z, label: null, clicked: null, visiting: false };
    this.#sync = new PythonSync(state.serial);
    this.#voice = query(root, ".lp-voice");
    this.#drawing = new Drawing(root, state, this.#controls(), this.#drawn());
    const { map, matrix } = this.#drawing;
    this.#route = new Route(root, map, {
      look: (z, stamp) => this.#show(z, stamp, null, "anchor"),
      leave: () => this.#return(),
      rest: (text) => this.#tell(text),
    });
    const selected = unpackRows(state.selected);
    this.#gestures = new Gestures(root, map, matrix, selected, this.#walker());
  }

  /**
   * Called whenever data or theme have changed; does only what has changed.
   * @param {PlaneState} state
   * @param {Send} send
   */
  update(state, send) {
    const before = this.#state;
    const changed = (/** @type {(keyof PlaneState)[]} */ ...names) =>
      differs(before, state, ...names);
    this.#state = state;
    this.#sync.connect(send);
    this.#drawing.update(state);
    if (changed("height")) this.#root.style.setProperty("--lp-height", `${state.height}px`);
    if (changed("lasso")) this.#gestures.offerLasso(state.lasso);
    const rebuilt = changed("plane", "output", "classes", "limits");
    if (rebuilt) this.#drawing.rebuild();
    if (rebuilt || this.#sync.behind(state) || this.#astray(state)) this.#follow(state);
    this.#drawing.outline();
    if (changed("points")) this.#drawing.map.move(state.points);
    if (changed("figure", "plane")) this.#drawing.loading.map();
    if (changed("decoder", "classes")) this.#drawing.loading.decoder();
    if (changed("matrix")) this.#drawing.loading.matrix();
    if (!this.#drawing.decoder.ready && !this.#sync.ahead(state)) this.#drawing.paintServer();
    this.#drawing.offer();
    this.#route.update(state, this.#drawing.latent);
    this.#drawing.look();
    this.#leave ??= subscribe(`posterior:${state.key}`, (posterior) => this.#visit(posterior));
  }

  close() {
    this.#leave?.();
    this.#route.close();
    this.#drawing.close();
  }

  /** @param {PlaneState} state */
  #astray(state) {
    return !this.#cursor.visiting && this.#sync.astray(state, this.#cursor.pinned);
  }

  /**
   * Python moved z, or the model has changed.
   * @param {PlaneState} state
   */
  #follow(state) {
    const { z, label, classes, clicked, selected } = state;
    const first = this.#sync.fresh;
    this.#sync.follow(state);
    if (this.#gestures.dragging) return;
    const cursor = this.#cursor;
    cursor.visiting = false;
    cursor.label = label ?? (classes.length ? 0 : null);
    cursor.clicked = clicked;
    this.#drawing.panel.choose(cursor.label);
    this.#pin(Float32Array.from(z), performance.now());
    if (!first) this.#gestures.mark(unpackRows(selected));
  }

  /** @returns {DrawingListener} */
  #drawn() {
    return {
      moved: () => this.#place(),
      settled: () => this.#settled(),
      ready: () => {
        this.#show(this.#cursor.shown, performance.now());
        this.#place();
      },
      failed: () => this.#tell(),
      selected: (rows) => this.#gestures.choose(rows, this.#drawing.matrix),
    };
  }

  /** @returns {Walker} */
  #walker() {
    const at = (/** @type {Point} */ place) =>
      this.#drawing.latent.moved(this.#cursor.pinned, place);
    return {
      place: () => this.#drawing.latent.project(this.#cursor.pinned),
      look: (place, stamp, pixel) => this.#show(at(place), stamp, pixel, "looking"),
      leave: () => this.#return(),
      move: (place, stamp) => this.#move(at(place), stamp),
      release: (row) => {
        this.#cursor.clicked = row;
        this.#tell();
      },
      tell: () => this.#tell(),
    };
  }

  /** @returns {PanelListener} */
  #controls() {
    return {
      slide: (dimension, value, stamp) => {
        const z = Float32Array.from(this.#cursor.pinned);
        z[dimension] = value;
        this.#move(z, stamp);
      },
      rest: () => this.#tell(),
      label: (index) => {
        this.#cursor.label = index;
        this.#drawing.panel.choose(index);
        this.#move(this.#cursor.pinned, performance.now());
        this.#tell();
      },
      overlay: (name, on) => this.#drawing.overlays.switch(name, on),
    };
  }

  /**
   * Another component's posterior, or null: the ring goes to its mean, and Python is not told.
   * @param {Posterior | null} posterior
   */
  #visit(posterior) {
    this.#drawing.receive(posterior);
    if (!belongs(posterior, this.#drawing.latent) || this.#gestures.dragging) {
      this.#place();
      return;
    }
    const cursor = this.#cursor;
    cursor.visiting = true;
    cursor.clicked = null;
    if (this.#state.classes?.length) {
      cursor.label = posterior.label ?? cursor.label;
      this.#drawing.panel.choose(cursor.label);
    }
    this.#pin(Float32Array.from(posterior.mean), performance.now());
  }

  /**
   * @param {Float32Array} z
   * @param {number} stamp
   */
  #move(z, stamp) {
    this.#sync.moved();
    this.#cursor.visiting = false;
    this.#cursor.clicked = null;
    this.#pin(z, stamp);
  }

  /**
   * @param {Float32Array} z
   * @param {number} stamp
   */
  #pin(z, stamp) {
    this.#cursor.pinned = z;
    this.#show(z, stamp);
    this.#place();
  }

  #return() {
    this.#show(this.#cursor.pinned, performance.now());
  }

  /**
   * @param {Float32Array} z
   * @param {number} stamp
   * @param {Point | null} [pixel] of the pointer that looks around
   * @param {Looking} [looking]
   */
  #show(z, stamp, pixel = null, looking = "pinned") {
    this.#cursor.shown = z;
    this.#drawing.show(z, this.#cursor.label, stamp, pixel, looking);
  }

  /** The one message of a gesture. */
  #tell(text = described(this.#cursor.pinned, this.#drawing.latent)) {
    const { pinned, label, clicked } = this.#cursor;
    this.#voice.textContent = text;
    this.#sync.tell({
      z: Array.from(pinned),
      label,
      clicked,
      selected: packRows([...this.#gestures.rows]),
      decodes: !this.#drawing.decoder.failure,
      ...this.#route.message,
    });
  }

  #settled() {
    if (!this.#drawing.map.drawn) return;
    this.#gestures.place(this.#drawing.map.frame);
    this.#drawing.settle();
    this.#place();
  }

  /** Puts everything where the axes now have it. */
  #place() {
    if (!this.#drawing.map.drawn) return;
    this.#drawing.place(this.#cursor.pinned, this.#cursor.label);
    this.#route.place();
  }
}
