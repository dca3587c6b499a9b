// Paints a decoded row of a table: what each column is, and where that lies in the data.

import { cellText, plausible, sharesOf } from "./columns.js";

/** @import { Bar, TableOutput } from "./messages.d.ts" */
/** @typedef {(parameters: Float32Array) => void} Paint */

/** So many bars fit into a telephone's window beside the map. */
const FEW = 8;
const SVG = "http://www.w3.org/2000/svg";

export class BarPainter {
  /** @type {Paint[]} */
  #rows;

  /**
   * @param {TableOutput} output
   * @param {HTMLElement} host
   */
  constructor({ bars }, host) {
    this.#rows = bars.map((bar) => {
      const row = element("div", "lp-bar");
      const paint = bar.categories.length ? categories(bar, row) : number(bar, row);
      host.append(row);
      return paint;
    });
    host.toggleAttribute("data-many", bars.length > FEW);
    host.removeAttribute("data-all");
    if (bars.length > FEW) host.append(allButton(host, bars.length));
  }

  /** @param {Float32Array} parameters */
  paint(parameters) {
    for (const paint of this.#rows) paint(parameters);
  }
}

/**
 * A number, and how far along the data it is.
 * @param {Bar} bar
 * @param {HTMLElement} row
 * @returns {Paint}
 */
function number(bar, row) {
  const { low, high, counts } = bar;
  const output = named(bar, row, `data from ${cellText(bar, low)} to ${cellText(bar, high)}`);
  const track = element("div", counts.length ? "lp-histogram" : "lp-track");
  const mark = element("div", "");
  if (counts.length) track.append(histogram(counts));
  track.append(mark);
  row.append(track);
  const room = high - low || 1;
  const at = counts.length ? (/** @type {number} */ s) => `translateX(${100 * s}%)` : grown;
  return (parameters) => {
    const value = plausible(bar, parameters);
    mark.style.transform = at(Math.min(1, Math.max(0, (value - low) / room)));
    output.textContent = cellText(bar, value);
  };
}

/** @param {number} share */
const grown = (share) => `scaleX(${share})`;

/**
 * The most plausible category, and the probabilities of all side by side.
 * @param {Bar} bar
 * @param {HTMLElement} row
 * @returns {Paint}
 */
function categories(bar, row) {
  const output = named(bar, row, bar.categories.join(", "));
  const track = element("div", "lp-shares");
  const parts = bar.categories.map(() => element("div", ""));
  track.append(...parts);
  row.append(track);
  return (parameters) => {
    const [shares, chosen] = [sharesOf(bar, parameters), plausible(bar, parameters)];
    parts.forEach((part, i) => {
      part.style.flexGrow = String(shares[i]);
      part.classList.toggle("lp-chosen", i === chosen);
      part.title = `${bar.categories[i]}: ${percent(shares[i])}`;
    });
    output.textContent = `${bar.categories[chosen]} ${percent(shares[chosen])}`;
  };
}

/** @param {number} share */
function percent(share) {
  const rounded = Math.round(100 * share);
  return `${rounded} %`;
}

/**
 * @param {Bar} bar
 * @param {HTMLElement} row
 * @param {string} title
 */
function named({ name }, row, title) {
  const [label, output] = [element("span", ""), element("output", "")];
  label.textContent = name;
  label.title = `${name}: ${title}`;
  row.append(label, output);
  return output;
}

/** @param {number[]} counts */
function histogram(counts) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const most = Math.max(...counts, 1);
  const steps = counts.map((count, i) => `V${1 - count / most}H${i + 1}`).join("");
  svg.setAttribute("viewBox", `0 0 ${counts.length} 1`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", `M0 1${steps}V1Z`);
  svg.append(path);
  return svg;
}

/**
 * Where only a few bars are shown, a button shows all.
 * @param {HTMLElement} host
 * @param {number} count
 */
function allButton(host, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lp-all";
  const say = () => {
    const all = host.hasAttribute("data-all");
    button.textContent = all ? `Show ${FEW} of ${count} features` : `Show all ${count} features`;
    button.setAttribute("aria-expanded", String(all));
  };
  button.addEventListener("click", () => {
    host.toggleAttribute("data-all");
    say();
  });
  say();
  return button;
}

/**
 * @param {string} tag
 * @param {string} name
 */
function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
