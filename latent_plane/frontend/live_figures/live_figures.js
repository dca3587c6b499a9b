// Figures that change in place: the same plots are told their new data, so nothing flickers.

import { query } from "../shared/dom.js";
import { Notice } from "../shared/notice.js";
import { graphIn, pickedName, plotly, themed } from "../shared/plotly.js";

/** @import { LiveFiguresState, PickGesture, Send } from "../shared/messages.d.ts" */
/** @import { FailureTexts } from "../shared/notice.js" */
/** @import { Figure, PlotlyApi } from "../shared/plotly_types.d.ts" */

const CONFIG = { displayModeBar: false, responsive: true };

/** @type {FailureTexts} */
const NO_FIGURES = {
  network: "The network failed while the figures were loading.",
  missing: "The server does not have what draws the figures any more. Reload the page.",
  browser: "The figures could not be drawn in this browser.",
};

export class LiveFigures {
  /** @type {HTMLElement} */
  #host;
  /** @type {HTMLElement} */
  #note;
  /** @type {Notice} */
  #notice;
  /** @type {HTMLElement[]} */
  #plots = [];
  /** @type {LiveFiguresState | null} */
  #newest = null;
  /** @type {Send} */
  #send;

  /**
   * @param {HTMLElement} root
   * @param {Send} send
   */
  constructor(root, send) {
    this.#send = send;
    this.#host = query(root, ".live-figures");
    this.#note = query(root, ".live-note");
    this.#notice = new Notice(query(root, ".live-missing"));
  }

  /** @param {LiveFiguresState} state */
  async update(state) {
    this.#newest = state;
    this.#write(state.note);
    this.#arrange(state);
    try {
      const Plotly = await plotly(state.plotly);
      if (this.#newest !== state) return; // newer ones came while Plotly was on its way
      this.#notice.say(null);
      this.#host.dataset.picks = String(state.picks);
      await Promise.all(
        this.#plots.map((plot, i) => this.#draw(Plotly, plot, state.figures[i], state.height)),
      );
    } catch (error) {
      console.error(error);
      if (this.#newest === state) this.#notice.blame(error, NO_FIGURES, () => this.update(state));
    }
  }

  close() {
    this.#newest = null;
    this.#notice.close();
    for (const plot of this.#plots.splice(0)) remove(plot);
  }

  /** @param {string[]} note each second piece of it in bold */
  #write(note) {
    this.#note.replaceChildren(...note.map((piece, i) => (i % 2 ? bold(piece) : piece)));
    this.#note.hidden = !note.length;
  }

  /**
   * As many places as there are figures, in their sizes.
   * @param {LiveFiguresState} state
   */
  #arrange({ figures, shares, height }) {
    for (const plot of this.#plots.splice(figures.length)) remove(plot);
    while (this.#plots.length < figures.length) {
      const plot = Object.assign(document.createElement("div"), { className: "live-figure" });
      this.#plots.push(plot);
      this.#host.append(plot);
    }
    this.#plots.forEach((plot, i) => {
      plot.style.setProperty("--share", String(shares[i]));
      plot.style.height = height === null ? "" : `${height}px`;
    });
  }

  /**
   * @param {PlotlyApi} Plotly
   * @param {HTMLElement} plot
   * @param {Figure} figure
   * @param {number | null} height null: as high as the style sheet makes its place
   */
  async #draw(Plotly, plot, { data, layout }, height) {
    const settings = { ...themed(layout, this.#host), autosize: true, ...(height && { height }) };
    await Plotly.react(plot, data, settings, CONFIG);
    const graph = graphIn(plot);
    graph.removeAllListeners?.("plotly_click");
    graph.on("plotly_click", (event) => this.#pick(pickedName(event)));
  }

  /** @param {string | null} name */
  #pick(name) {
    if (name === null || !this.#newest?.picks) return;
    /** @type {PickGesture} */
    const gesture = { name, at: Date.now() };
    this.#send("pick", gesture);
  }
}

/** @param {string} text */
function bold(text) {
  return Object.assign(document.createElement("b"), { textContent: text });
}

/** @param {HTMLElement} plot */
function remove(plot) {
  window.Plotly?.purge(plot);
  plot.remove();
}
