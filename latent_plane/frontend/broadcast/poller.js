// Asks a channel for its newest version, reads its status out, and hands it on to who follows.

import { publish } from "../shared/bus.js";
import { query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";

/** @import { ChannelState, ChannelVersion, Send } from "../shared/messages.d.ts" */
/** @import { Status } from "../shared/messages.d.ts" */

const EVERY = 700; // milliseconds
const PATIENCE = 8000; // an answer that takes longer is lost, as after a laptop's sleep
const SILENT = 5000; // so long without an answer is worth a word
const AGAIN = 4000; // a rerun that was asked for has come by then, or the wish was lost

export class Poller {
  /** @type {HTMLElement} */
  #words;
  /** @type {HTMLElement} */
  #track;
  /** @type {HTMLElement} */
  #done;
  /** @type {ChannelState | null} as Python has drawn the page */
  #page = null;
  /** @type {Send} */
  #ask = () => {};
  /** The newest version that has been read. */
  #version = 0;
  /** @type {Status | null} the newest that is known */
  #status = null;
  /** When a rerun was asked for, of performance.now(). */
  #asked = -AGAIN;
  /** @type {number | undefined} */
  #timer;
  #looking = false;
  /** When the server was heard last, of performance.now(). */
  #heard = performance.now();
  #closed = false;
  #missing = false;
  #seen = () => {
    if (!document.hidden) this.#look();
  };

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#words = query(root, ".board-words");
    this.#track = query(root, ".board-track");
    this.#done = query(root, ".board-done");
    document.addEventListener("visibilitychange", this.#seen);
  }

  /**
   * @param {ChannelState} page as Python has drawn it
   * @param {Send} ask makes the page run again
   */
  update(page, ask) {
    this.#page = page;
    this.#ask = ask;
    if (!this.#status || page.status.moment >= this.#status.moment) this.#read(page.status);
    if (this.#timer === undefined) this.#look();
  }

  close() {
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.#timer);
    this.#closed = true;
  }

  async #look() {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#look(), EVERY);
    if (document.hidden || this.#looking || !this.#page) return;
    this.#looking = true;
    try {
      await this.#fetch(this.#page);
      this.#heard = performance.now();
    } catch (error) {
      console.debug(error); // the next look may find what this one did not
      this.#miss();
    } finally {
      this.#looking = false;
    }
  }

  /** @param {ChannelState} page */
  async #fetch({ url }) {
    const address = absolute(`${url}?after=${this.#version}`);
    const answer = await this.#answer(address);
    if (this.#missing && this.#status) this.#read(this.#status);
    if (answer.status === 200) {
      /** @type {ChannelVersion} */
      const newest = await answer.json();
      if (this.#closed) return;
      this.#version = newest.version;
      this.#read(newest);
      publish(`status:${url}`, newest);
    }
    if (this.#status?.phase !== this.#page?.status.phase) this.#turn();
  }

  /** @param {string} address */
  async #answer(address) {
    const controller = new AbortController();
    const patience = setTimeout(() => controller.abort(), PATIENCE);
    try {
      return await fetch(address, { cache: "no-store", signal: controller.signal });
    } finally {
      clearTimeout(patience);
    }
  }

  /** The run goes on without this page; whoever watches should know why nothing moves. */
  #miss() {
    const seconds = Math.round((performance.now() - this.#heard) / 1000);
    if (1000 * seconds < SILENT || this.#closed) return;
    this.#missing = true;
    this.#words.textContent = `No answer from the server for ${seconds} s; asking again …`;
  }

  /** @param {Status} status */
  #read(status) {
    this.#status = status;
    this.#missing = false;
    const percent = Math.round(100 * status.share);
    this.#words.textContent = status.words;
    this.#done.style.width = `${percent}%`;
    this.#track.setAttribute("aria-valuenow", String(percent));
    this.#track.setAttribute("aria-valuetext", status.words);
  }

  #turn() {
    if (performance.now() - this.#asked < AGAIN) return;
    this.#asked = performance.now();
    this.#ask("turned", true);
  }
}
