// What we and Plotly keep on the window.

import type { PlotlyApi } from "./plotly_types.d.ts";
import type { Stats, StripStats } from "./stats.js";

declare global {
  interface Window {
    Plotly?: PlotlyApi;
    latentPlaneStats?: Record<string, Stats>;
    padStats?: Record<string, Stats>;
    stripStats?: Record<string, StripStats>;
  }
}
