// Over the map, moved without Plotly: where z is pinned, where the pointer looks, and the posterior
// that another component shows here.

export class Markers {
  constructor(svg) {
    this.cursor = svg.querySelector(".lp-cursor");
    this.preview = svg.querySelector(".lp-preview");
    this.posterior = svg.querySelector(".lp-posterior");
    this.line = svg.querySelector(".lp-line");
  }

  pin([x, y]) {
    this.cursor.setAttribute("transform", `translate(${x} ${y})`);
    this.line.setAttribute("transform", `translate(${x} 0)`);
    this.cursor.style.visibility = "visible";
  }

  look(at) {
    this.preview.style.visibility = at ? "visible" : "hidden";
    if (at) this.preview.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
  }

  // Pixels of the corners of an outline; none for no outline.
  enclose(corners) {
    this.posterior.setAttribute("points", corners.join(" "));
  }

  // Clips the marks to the plot and, on a map of one dimension, shows a line instead of a place.
  place({ left, top, width, height }, flat) {
    const svg = this.cursor.ownerSVGElement;
    const { clientWidth, clientHeight } = svg;
    const [right, bottom] = [clientWidth - left - width, clientHeight - top - height];
    svg.style.clipPath = `inset(${top}px ${right}px ${bottom}px ${left}px)`;
    this.line.style.visibility = flat ? "visible" : "hidden";
  }
}
