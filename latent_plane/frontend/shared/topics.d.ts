// What the components of a page say to each other over the bus (`bus.js`).

import type { ChannelVersion } from "./messages.d.ts";

/** The plane shows this point; `pinned` where the ring stands there. */
export interface ShownPoint {
  z: Float32Array;
  label: number | null;
  pinned: boolean;
}

/** The plane is to show this posterior. */
export interface Posterior {
  mean: Float32Array;
  logVar: Float32Array;
  label: number | null;
}

/** A player is at the time `t`, from 0 to 1. */
export interface Playing {
  t: number;
}

/** Topics end in the key of a component or the URL of a channel. */
export interface Topics {
  [plane: `shown:${string}`]: ShownPoint;
  [plane: `posterior:${string}`]: Posterior;
  [strips: `playing:${string}`]: Playing;
  [channel: `status:${string}`]: ChannelVersion;
}
