// Lines over the map that follow its axes, with their names and a dot on each for a moment.

import { floats } from "../shared/encoding.js";

const SVG = "http://www.w3.org/2000/svg";

export class Paths {
  constructor(group, legend) {
    Object.assign(this, { group, legend, paths: [], time: null });
    this.straight = drawn("polyline", "lp-straight");
  }

  // paths: [{ name, colour, points: base64 of (n, 2) plane coordinates }]
  set(paths) {
    this.paths = paths.map(({ name, colour, points }) => {
      const [halo, line] = [drawn("polyline", "lp-halo"), drawn("polyline", "lp-path")];
      const dot = drawn("circle", "lp-dot");
      [line.style.stroke, dot.style.fill] = [colour, colour];
      dot.setAttribute("r", "6");
      return { name, colour, points: pairs(floats(points)), halo, line, dot };
    });
    const parts = ["halo", "line", "dot"].flatMap((part) => this.paths.map((path) => path[part]));
    this.group.replaceChildren(...parts, this.straight);
    this.legend.replaceChildren(...this.paths.map(entry));
    this.legend.hidden = !this.paths.length;
  }

  // Whether the lines still belong to the anchors; where they do not, a straight one stands in.
  stale(on) {
    this.group.dataset.stale = String(on);
  }

  // corners: plane coordinates of the anchors
  place(map, corners) {
    this.map = map;
    const text = (points) => points.map((point) => map.pixel(point)).join(" ");
    for (const { halo, line, points } of this.paths) {
      const drawing = text(points);
      halo.setAttribute("points", drawing);
      line.setAttribute("points", drawing);
    }
    this.straight.setAttribute("points", text(corners));
    const { left, top, height } = map.frame;
    this.legend.style.transform = `translate(${left + 8}px, ${top + height - 8}px) translateY(-100%)`;
    this.at(this.time);
  }

  // Puts the dots where a player is, 0 to 1; null takes them away.
  at(time) {
    this.time = time;
    for (const { dot, points } of this.paths) {
      const seen = time !== null && points.length > 0 && this.map?.drawn;
      dot.style.visibility = seen ? "visible" : "hidden";
      if (!seen) continue;
      const [x, y] = this.map.pixel(between(points, time));
      dot.setAttribute("transform", `translate(${x} ${y})`);
    }
  }
}

function between(points, time) {
  const place = time * (points.length - 1);
  const [before, after] = [points[Math.floor(place)], points[Math.ceil(place)]];
  return before.map((value, i) => value + (place % 1) * (after[i] - value));
}

function pairs(values) {
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]]);
}

function drawn(tag, name) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", name);
  return element;
}

function entry({ name, colour }) {
  const item = document.createElement("li");
  const swatch = document.createElement("span");
  swatch.style.background = colour;
  item.append(swatch, name);
  return item;
}
