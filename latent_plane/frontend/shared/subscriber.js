// What a component shows: as Python said it, or as a channel's newest version does
// (`broadcast/poller.js`).

import { subscribe } from "./bus.js";

/** @import { ChannelParts, ChannelVersion, Following } from "./messages.d.ts" */

/**
 * @template {Following} State
 */
export class Subscriber {
  /** @type {keyof ChannelParts} */
  #part;
  /** @type {(state: State) => void} */
  #show;
  /** @type {State | null} */
  #state = null;
  /** @type {string | null} */
  #channel = null;
  /** @type {ChannelVersion | null} */
  #version = null;
  /** @type {(() => void) | null} */
  #leave = null;

  /**
   * @param {keyof ChannelParts} part of a version that is for this component
   * @param {(state: State) => void} show
   */
  constructor(part, show) {
    this.#part = part;
    this.#show = show;
  }

  /** @param {State} state as Python said it */
  update(state) {
    this.#state = state;
    if (state.follows !== this.#channel) {
      this.close();
      this.#channel = state.follows;
      if (this.#channel) {
        this.#leave = subscribe(`status:${this.#channel}`, (version) => this.#hear(version));
      }
    }
    this.#present();
  }

  close() {
    this.#leave?.();
    this.#channel = null;
    this.#version = null;
    this.#leave = null;
  }

  /** @param {ChannelVersion | null} version */
  #hear(version) {
    const former = this.#version?.parts[this.#part];
    this.#version = version;
    if (JSON.stringify(former) !== JSON.stringify(version?.parts[this.#part])) this.#present();
  }

  #present() {
    const [state, version] = [this.#state, this.#version];
    if (!state) return;
    const newer = version && version.moment > state.moment ? version.parts[this.#part] : null;
    this.#show({ ...state, ...newer });
  }
}
