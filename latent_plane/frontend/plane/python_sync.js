// Who is ahead of whom: what Python has heard of us, and what we have followed of Python.

import { same } from "./latent.js";

/** @import { PlaneGesture, PlaneState, Send } from "../shared/messages.d.ts" */

export class PythonSync {
  /** Messages that we have sent. @type {number} */
  #serial;
  /** Python's changes that we have followed. @type {number | null} */
  #revision = null;
  /** We have moved since the last message. */
  #untold = false;
  /** @type {Send} */
  #send = () => {};

  /** @param {number} serial of the last message that Python has heard of this plane */
  constructor(serial) {
    this.#serial = serial;
  }

  /** @param {Send} send */
  connect(send) {
    this.#send = send;
  }

  /** Whether nothing of Python has been followed yet. */
  get fresh() {
    return this.#revision === null;
  }

  /**
   * Whether Python has made a change that we have not followed.
   * @param {PlaneState} state
   */
  behind({ revision }) {
    return revision !== this.#revision;
  }

  /** @param {PlaneState} state that we follow now */
  follow({ revision }) {
    this.#revision = revision;
  }

  /**
   * Whether Python has heard all that we said and yet stands elsewhere: two moves crossed.
   * @param {PlaneState} state
   * @param {Float32Array} own where we stand
   */
  astray({ serial, z }, own) {
    return !this.#untold && serial === this.#serial && !same(own, Float32Array.from(z));
  }

  /**
   * Whether Python has not heard all that we said.
   * @param {PlaneState} state
   */
  ahead({ serial }) {
    return this.#serial > serial;
  }

  moved() {
    this.#untold = true;
  }

  /** @param {Omit<PlaneGesture, "serial">} gesture the one message of it */
  tell(gesture) {
    this.#serial += 1;
    this.#untold = false;
    /** @type {PlaneGesture} */
    const message = { serial: this.#serial, ...gesture };
    this.#send("gesture", message);
  }
}
