// plotly.js, as far as we use it. Names with an underscore are Plotly's own affair, may change
// with any version, and are touched in `plotly.js` alone.

export type Values = ArrayLike<number>;

export interface Trace {
  type?: string;
  mode?: string;
  name?: string;
  visible?: boolean | "legendonly";
  x?: Values;
  y?: Values;
  xaxis?: string;
  yaxis?: string;
  customdata?: Values;
  legendgroup?: string;
  hoverinfo?: string;
  showlegend?: boolean;
  opacity?: number;
  marker?: object;
  unselected?: object;
  dimensions?: { label: string; values: Values }[];
  /** Ours: which overlay of the map this is; of a matrix, the features on its axes. */
  meta?: { overlay?: string; columns?: number[] };
}

/** A trace of examples as Plotly has completed it. */
export interface PointsTrace extends Trace {
  x: Values;
  y: Values;
  customdata: Values;
}

export interface Axis {
  domain?: [number, number];
  title?: { text?: string };
  scaleanchor?: string;
  scaleratio?: number;
}

export interface Font {
  color?: string;
  family?: string;
  size?: number;
}

export interface Layout {
  font?: Font;
  autosize?: boolean;
  height?: number;
  dragmode?: string | false;
  selections?: object[];
  yaxis?: Axis;
  [axis: `xaxis${string}` | `yaxis${string}`]: Axis | undefined;
}

export interface Figure {
  data: Trace[];
  layout: Layout;
}

export type Config = Record<string, boolean | string>;

export interface SelectionEvent {
  points?: { customdata?: number }[];
}

/** Called with the event's own data, which only selections have. */
export type Listener = (event?: SelectionEvent) => void;

export interface PlotlyApi {
  react(host: HTMLElement, data: Trace[], layout: Layout, config: Config): Promise<unknown>;
  restyle(host: HTMLElement, changes: Record<string, unknown>, traces: number[]): Promise<unknown>;
  relayout(host: HTMLElement, changes: Record<string, unknown>): Promise<unknown>;
  purge(host: HTMLElement): void;
  Plots: { resize(host: HTMLElement): Promise<unknown> };
}

/** An axis that has been drawn, opaque to all but `plotly.js`. */
export interface DrawnAxis {
  range: [number, number];
  _id: string;
  _offset: number;
  _length: number;
  _rangeInitial0: number;
  _rangeInitial1: number;
  d2p(value: number): number;
}

/** A pair of axes that has been drawn. */
export interface DrawnAxes {
  xaxis: DrawnAxis;
  yaxis: DrawnAxis;
}

/** The element in which Plotly has drawn. */
export interface Graph extends HTMLElement {
  data?: Trace[];
  layout?: Layout;
  on(event: string, listener: Listener): void;
  removeAllListeners?(event: string): void;
  _fullData?: Trace[];
  _fullLayout?: DrawnAxes & {
    _size: { l: number; t: number; w: number; h: number };
    _plots?: Record<string, DrawnAxes>;
  };
}

/** A rectangle inside the host, in pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The ends of both axes. */
export type Ranges = [u: [number, number], v: [number, number]];
export type Point = [number, number];
