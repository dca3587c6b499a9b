// Asks for the newest edition, reads it out, and hands it on to who follows.

import { absolute, download } from "../shared/download.js";
import { publish } from "../shared/bus.js";

const EVERY = 700; // milliseconds
const AGAIN = 4000; // a rerun that was asked for has come by then, or the wish was lost

export class Poller {
  constructor(root) {
    const find = (name) => root.querySelector(`.board-${name}`);
    Object.assign(this, { root, words: find("words"), track: find("track"), done: find("done") });
    Object.assign(this, { page: null, edition: null, news: null, asked: -AGAIN, timer: null });
    this.seen = () => document.hidden || this.#look();
    document.addEventListener("visibilitychange", this.seen);
  }

  // page: { url, news } as Python has drawn the page; ask(name, value) makes it run again
  update(page, ask) {
    Object.assign(this, { page, ask });
    if (!this.news || page.news.moment >= this.news.moment) this.#read(page.news);
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
    const board = await fetch(absolute(this.page.url), { cache: "no-store" });
    const { edition } = await board.json();
    if (edition !== this.edition) {
      const news = await (await download(absolute(edition))).json();
      if (this.closed) return;
      this.edition = edition;
      this.#read(news);
      publish(`news:${this.page.url}`, news);
    }
    if (this.news.phase !== this.page.news.phase) this.#turn();
  }

  #read(news) {
    this.news = news;
    const percent = Math.round(100 * news.share);
    this.words.textContent = news.words;
    this.done.style.width = `${percent}%`;
    this.track.setAttribute("aria-valuenow", percent);
    this.track.setAttribute("aria-valuetext", news.words);
  }

  #turn() {
    if (performance.now() - this.asked < AGAIN) return;
    this.asked = performance.now();
    this.ask("turned", true);
  }
}
