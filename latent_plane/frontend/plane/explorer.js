// Joins the parts. `pinned` is where the ring stands and what Python hears of; `shown` is what
// is being decoded, which is elsewhere while the pointer looks around.

import { absolute } from "../shared/download.js";
import { EngineProxy } from "../shared/engine_proxy.js";
import { publish, subscribe } from "../shared/bus.js";
import { floats, packRows, unpackRows } from "../shared/encoding.js";
import { Decoder } from "../shared/graph.js";
import { Engine } from "../shared/engine.js";
import { PosteriorOverlay } from "./posterior_overlay.js";
import { described, Latent, same } from "./latent.js";
import { Lasso } from "./lasso.js";
import { LatentMap } from "./map.js";
import { Markers } from "./markers.js";
import { ScatterMatrix } from "./scatter_matrix.js";
import { Overlays } from "./overlays.js";
import { Panel } from "./panel.js";
import { Route } from "./route.js";
import { OutputView } from "./output_view.js";
import { Selection } from "./selection.js";
import { Stats } from "../shared/stats.js";
import { ResizeAndTheme } from "./resize_and_theme.js";
import { PointerSurface } from "./pointer_surface.js";
import { Toolbar } from "./toolbar.js";

const NOTICE = "Your browser cannot decode here; the server decodes when you let go.";
const NO_MAP = "The map could not be drawn in this browser; the sliders still work.";

export class Explorer {
  constructor(root, data) {
    const find = (name) => root.querySelector(`.lp-${name}`);
    this.root = root;
    this.data = {};
    this.serial = data.serial;
    Object.assign(this, { revision: null, untold: false, visiting: false });
    this.pinned = Float32Array.from(data.z);
    this.stats = new Stats(data.key);
    this.decoder = new Decoder(new Engine(absolute(data.runtime)));
    this.map = new LatentMap(root, find("plot").querySelector(".lp-figure"), {
      changed: () => this.#place(),
      settled: () => this.#settled(),
    });
    this.matrix = new ScatterMatrix(root, find("matrix"), {
      selected: (rows) => this.selection.choose(rows, this.matrix),
    });
    this.screen = new OutputView(find("output"), this.decoder, this.matrix, this.stats);
    this.marks = new Markers(find("plot").querySelector(".lp-marks"));
    this.guest = new PosteriorOverlay(this.marks, this.map);
    this.route = new Route(root, this.map, {
      look: (z, stamp) => this.#show(z, stamp, null, "anchor"),
      leave: () => this.#show(this.pinned, performance.now()),
      rest: (text) => this.#tell(text),
    });
    this.lasso = new Lasso(find("lasso"));
    this.surface = new PointerSurface(find("surface"), this.#gestures());
    this.panel = new Panel(root, this.#controls());
    const distant = new Decoder(new EngineProxy(absolute(data.runtime)));
    this.overlays = new Overlays(find("manifold"), this.map, distant, {
      done: (milliseconds) => (this.stats.manifold = milliseconds),
      ready: () => this.#place(),
    });
    this.selection = new Selection(unpackRows(data.selected), [this.map, this.matrix], () =>
      this.#tell(),
    );
    this.toolbar = new Toolbar(root, (mode) => this.map.mode(mode));
    root.onkeydown = (event) => {
      if (event.key === "Escape") this.selection.letGo();
    };
    this.busy = find("busy");
    this.voice = find("voice");
    const hosts = [find("plot"), find("matrix")];
    this.surroundings = new ResizeAndTheme(root, hosts, [this.map, this.matrix]);
  }

  // Called by Streamlit whenever data or theme have changed; does only what has changed.
  update({ data, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.send = setStateValue;
    const changed = (name) => JSON.stringify(before[name]) !== JSON.stringify(data[name]);
    if (changed("height")) this.root.style.setProperty("--lp-height", `${data.height}px`);
    if (changed("lasso")) this.toolbar.offerLasso(data.lasso);
    const rebuilt = ["plane", "output", "classes", "limits"].some(changed);
    if (rebuilt) this.#rebuild();
    if (rebuilt || this.revision !== data.revision || this.#astray()) this.#follow();
    this.map.outline(data.ellipse ? floats(data.ellipse) : new Float32Array());
    if (changed("decoder") || changed("classes")) this.#open();
    if (changed("points")) this.map.move(data.points);
    if (changed("figure") || changed("plane")) this.#draw();
    if (changed("matrix")) this.matrix.show(absolute(data.plotly), data.matrix);
    if (!this.decoder.ready) this.#paintServer();
    this.#offer();
    this.route.update(data, this.latent);
    this.surroundings.look();
    this.leave ??= subscribe(`posterior:${data.key}`, (posterior) => this.#visit(posterior));
  }

  close() {
    publish(`shown:${this.data.key}`, null);
    this.leave();
    this.surroundings.close();
    this.screen.forget();
    this.route.close();
    this.decoder.close();
    this.overlays.close();
    this.map.close();
    this.matrix.close();
  }

  #rebuild() {
    const { plane, output } = this.data;
    this.latent = new Latent(plane);
    this.screen.configure(output);
    this.panel.build(this.data);
    this.overlays.configure(this.data, this.latent);
    this.surface.element.setAttribute(
      "aria-label",
      "Latent plane. Arrow keys move the ring, with Shift in bigger steps.",
    );
  }

  // Python has heard all that we said and stands elsewhere: two moves crossed on the way.
  #astray() {
    const { serial, z } = this.data;
    if (this.visiting || this.untold || serial !== this.serial) return false;
    return !same(this.pinned, Float32Array.from(z));
  }

  // Python moved z, or the model has changed.
  #follow() {
    const { revision, z, label, clicked, selected } = this.data;
    const first = this.revision === null;
    this.revision = revision;
    if (this.surface.dragging) return;
    this.visiting = false;
    this.label = label ?? (this.data.classes.length ? 0 : null);
    this.panel.choose(this.label);
    this.clicked = clicked;
    this.#pin(Float32Array.from(z), performance.now());
    if (!first) this.selection.mark(new Set(unpackRows(selected)));
  }

  async #open() {
    const [url, classes] = [absolute(this.data.decoder), this.data.classes.length];
    this.overlays.open(url, classes);
    const ready = await this.decoder.open(url, classes);
    if (ready) {
      this.stats.note("ready");
      this.panel.warn(null);
      this.#show(this.shown, performance.now());
      this.#place();
    } else if (this.decoder.failure) {
      this.panel.warn(NOTICE);
      this.#offer();
      this.#tell();
    }
  }

  async #draw() {
    try {
      await this.map.show(absolute(this.data.plotly), this.data.figure, this.latent.flat);
      this.busy.hidden = true;
      this.stats.note("drawn");
      this.#offer();
    } catch (error) {
      this.busy.textContent = NO_MAP;
      console.error(error);
    }
  }

  #gestures() {
    const at = (pixel) => this.latent.moved(this.pinned, this.map.data(pixel));
    const able = (act) => (...values) => this.map.drawn && act(...values);
    return {
      hover: able((pixel, stamp) => {
        if (this.toolbar.mode === "explore") this.#show(at(pixel), stamp, pixel);
      }),
      leave: () => this.#show(this.pinned, performance.now()),
      drag: able((pixel, stamp) =>
        this.toolbar.mode === "lasso" ? this.lasso.add(pixel) : this.#move(at(pixel), stamp),
      ),
      release: able((pixel, clicked) => this.#release(pixel, clicked)),
      step: able((share, stamp) => {
        const next = this.map.stepped(this.latent.project(this.pinned), share);
        this.#move(this.latent.moved(this.pinned, next), stamp);
      }),
      rest: () => this.#tell(),
      wheel: able((event) => this.map.wheel(event)),
      reset: able(() => this.map.reset()),
    };
  }

  #controls() {
    return {
      slide: (dimension, value, stamp) => {
        const z = Float32Array.from(this.pinned);
        z[dimension] = value;
        this.#move(z, stamp);
      },
      rest: () => this.#tell(),
      label: (index) => {
        this.label = index;
        this.panel.choose(index);
        this.#move(this.pinned, performance.now());
        this.#tell();
      },
      overlay: (name, on) => this.overlays.switch(name, on),
    };
  }

  #offer() {
    this.panel.offer(this.overlays.entries(!this.decoder.failure));
  }

  // Another component's posterior, or null: the ring goes to its mean, and Python is not told.
  #visit(posterior) {
    if (!this.guest.receive(posterior, this.latent) || this.surface.dragging) return this.#place();
    Object.assign(this, { visiting: true, clicked: null });
    if (this.data.classes.length) this.panel.choose((this.label = posterior.label ?? this.label));
    this.#pin(Float32Array.from(posterior.mean), performance.now());
  }

  #move(z, stamp) {
    Object.assign(this, { untold: true, visiting: false });
    this.clicked = null;
    this.#pin(z, stamp);
  }

  #pin(z, stamp) {
    this.pinned = z;
    this.#show(z, stamp);
    if (this.map.drawn) this.#place();
  }

  #release(pixel, clicked) {
    if (this.toolbar.mode === "lasso") {
      this.selection.enclose(this.lasso.close(), this.map);
      return;
    }
    const point = clicked ? this.map.nearest(pixel) : null;
    if (point) this.#move(this.latent.moved(this.pinned, point.at), performance.now());
    this.clicked = point ? point.row : null;
    this.#tell();
  }

  // state: which of the panel's captions; pixel: of the pointer that looks around
  #show(z, stamp, pixel = null, state = pixel ? "looking" : "pinned") {
    this.shown = z;
    this.panel.show(z, this.latent);
    publish(`shown:${this.data.key}`, { z, label: this.label, pinned: state === "pinned" });
    this.marks.look(pixel);
    if (this.decoder.ready) {
      this.screen.want(z, this.label, stamp);
      this.panel.caption(state);
    } else {
      this.panel.caption(same(z, Float32Array.from(this.data.z)) ? "pinned" : "waiting");
    }
  }

  #paintServer() {
    if (this.serial > this.data.serial || this.data.decoded === null) return;
    this.screen.paint(floats(this.data.decoded));
    this.panel.caption("pinned");
    this.stats.note("first");
  }

  // The one message of a gesture.
  #tell(text = described(this.pinned, this.latent)) {
    this.serial += 1;
    this.untold = false;
    this.voice.textContent = text;
    this.send("gesture", {
      serial: this.serial,
      z: Array.from(this.pinned),
      label: this.label,
      clicked: this.clicked,
      selected: packRows([...this.selection.rows]),
      decodes: !this.decoder.failure,
      ...this.route.message,
    });
  }

  #settled() {
    if (!this.map.drawn) return;
    this.surface.place(this.map.frame);
    this.marks.place(this.map.frame, this.latent.flat);
    this.#place();
  }

  // Puts the ring and the grid of pictures where the axes now have them.
  #place() {
    if (!this.map.drawn) return;
    this.marks.pin(this.map.pixel(this.latent.project(this.pinned)));
    this.guest.place(this.latent);
    this.route.place();
    this.overlays.place(this.pinned, this.label);
  }
}
