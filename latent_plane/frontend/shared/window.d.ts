// What we and Plotly keep on the window.

import type { Topic } from "./bus.js";
import type { StreamlitComponent } from "./messages.d.ts";
import type { PlotlyApi } from "./plotly_types.d.ts";
import type { Stats, StripStats } from "./stats.js";

/** The `main.js` of a component. */
export interface ComponentModule {
  render(component: StreamlitComponent): unknown;
  unmount(parentElement: HTMLElement): void;
}

declare global {
  var latentPlaneTopics: Map<string, Topic>;
  interface Window {
    latentPlaneModules?: Record<string, Promise<ComponentModule>>;
    /** How often a module did not load. */
    latentPlaneFailures?: number;
    Plotly?: PlotlyApi;
    latentPlaneStats?: Record<string, Stats>;
    padStats?: Record<string, Stats>;
    stripStats?: Record<string, StripStats>;
  }
}
