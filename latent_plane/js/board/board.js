// Asks for the newest status, reads it out, and hands it on to who follows.

import { absolute } from "../address.js";
import { publish } from "../bus.js";
import { download } from "../download.js";

const EVERY = 700; // milliseconds
const AGAIN = 4000; // a rerun that was asked for has come by then, or the wish was lost

export class Board {
  constructor(root) {
    const find = (name) => root.querySelector(`.board-${name}`);
    Object.assign(this, { root, words: find("words"), track: find("track"), done: find("done") });
    Object.assign(this, { page: null, version: 0, status: null, asked: -AGAIN, timer: null });
    this.seen = () => document.hidden || this.#look();
    document.addEventListener("visibilitychange", this.seen);
  }

  // page: { url, status } as Python has drawn the page; ask(name, value) makes it run again
  update(page, ask) {
    Object.assign(this, { page, ask });
    if (!this.status || page.status.moment >= this.status.moment) this.#read(page.status);
    if (this.timer === null) this.#look();
  }

  close() {
    document.removeEventListener("visibilitychange", this.seen);
    clearTimeout(this.timer);
    this.closed = true;
  }

  async #look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), EVERY);
    if (document.hidden || this.looking) return;
    this.looking = true;
    try {
      await this.#fetch();
    } catch (error) {
      console.debug(error); // the next look may find what this one did not
    } finally {
      this.looking = false;
    }
  }

  async #fetch() {
    const address = absolute(`${this.page.url}?after=${this.version}`);
    const response = await download(address, { cache: "no-store" });
    if (response.status !== 204) {
      const status = await response.json();
      if (this.closed) return;
      this.version = status.version;
      this.#read(status);
      publish(`status:${this.page.url}`, status);
    }
    if (this.status.phase !== this.page.status.phase) this.#turn();
  }

  #read(status) {
    this.status = status;
    const percent = Math.round(100 * status.share);
    this.words.textContent = status.words;
    this.done.style.width = `${percent}%`;
    this.track.setAttribute("aria-valuenow", percent);
    this.track.setAttribute("aria-valuetext", status.words);
  }

  #turn() {
    if (performance.now() - this.asked < AGAIN) return;
    this.asked = performance.now();
    this.ask("turned", true);
  }
}
