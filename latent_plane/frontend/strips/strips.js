// Joins the parts: the decoded frames, the player, the rows on the page, the plane they follow.

import { publish } from "../shared/bus.js";
import { differs, query } from "../shared/dom.js";
import { absolute } from "../shared/download.js";
import { EngineProxy } from "../shared/engine_proxy.js";
import { Decoder } from "../shared/graph.js";
import { Notice } from "../shared/notice.js";
import { StripStats } from "../shared/stats.js";
import { Frames } from "./frames.js";
import { PlaneFollower } from "./plane_follower.js";
import { Player } from "./player.js";
import { RovingFocus } from "./roving_focus.js";
import { Row } from "./row.js";

/** @import { Send, StripGesture, StripsState } from "../shared/messages.d.ts" */
/** @import { FailureTexts } from "../shared/notice.js" */

const NOTHING = "There is nothing to show yet.";
/** @type {FailureTexts} */
const NO_DECODER = {
  network: "The network failed while the decoder was loading.",
  missing:
    "The pictures could not be decoded: the server does not have the decoder any more. Reload the page.",
  browser: "This browser cannot decode the pictures.",
};

export class Strips {
  /** @type {HTMLElement} */
  #root;
  /** @type {HTMLElement} */
  #host;
  /** @type {StripsState} as Python said it last */
  #state;
  /** Nothing has been built yet. */
  #fresh = true;
  /** @type {Send} */
  #send = () => {};
  /** @type {Row[]} */
  #rows = [];
  /** @type {number[][]} the frames in each row's strip */
  #thumbs = [];
  /** Clicks so far. */
  #serial = 0;
  /** @type {StripStats} */
  #stats;
  /** @type {Decoder} */
  #decoder;
  /** @type {Frames} */
  #frames;
  /** @type {Player} */
  #player;
  /** @type {PlaneFollower} */
  #follower;
  /** @type {RovingFocus} */
  #focus;
  /** @type {Notice} */
  #notice;

  /**
   * @param {HTMLElement} root
   * @param {StripsState} state
   */
  constructor(root, state) {
    this.#root = root;
    this.#state = state;
    this.#host = query(root, ".ps-rows");
    this.#notice = new Notice(query(root, ".ps-notice"));
    this.#stats = new StripStats(state.key);
    this.#decoder = new Decoder(new EngineProxy(absolute(state.runtime)));
    this.#frames = new Frames(this.#decoder, {
      arrived: (row, frame) => this.#arrived(row, frame),
      done: (milliseconds) => {
        this.#stats.decoded = milliseconds;
      },
      failed: (error) => this.#blame(error),
    });
    this.#player = new Player(root, (time) => this.#show(time));
    this.#follower = new PlaneFollower(this.#decoder, (row, values) => this.#follow(row, values));
    this.#focus = new RovingFocus(this.#host);
  }

  /**
   * Called whenever data or theme have changed; does only what has changed.
   * @param {StripsState} state
   * @param {Send} send
   */
  update(state, send) {
    const before = this.#fresh ? {} : this.#state;
    const changed = (/** @type {(keyof StripsState)[]} */ ...names) =>
      differs(before, state, ...names);
    this.#state = state;
    this.#send = send;
    this.#fresh = false;
    const { rows, height, columns, follow } = state;
    if (changed("height")) this.#host.style.maxHeight = height ? `${height}px` : "";
    if (changed("columns")) this.#root.style.setProperty("--ps-columns", String(columns));
    if (changed("output", "player", "follow") || rows.length !== this.#rows.length) this.#rebuild();
    if (changed("output", "player", "follow", "columns", "rows")) this.#fill();
    if (changed("decoder", "classes")) this.#open();
    if (changed("output", "decoder", "digest", "player", "follow", "columns")) this.#decode();
    if (changed("follow", "player", "rows", "classes")) this.#follower.follow(follow, rows);
    if (!rows.length) this.#notice.say(NOTHING);
    else if (!this.#decoder.failure) this.#notice.say(null);
  }

  close() {
    this.#player.play(false);
    publish(`playing:${this.#state.key}`, null);
    this.#notice.close();
    this.#follower.close();
    this.#frames.stop();
    this.#decoder.close();
  }

  #rebuild() {
    const { output, player, follow, rows } = this.#state;
    const live = player || Boolean(follow);
    this.#rows = rows.map(
      (_, index) => new Row(index, output, live, (row, frame) => this.#choose(row, frame)),
    );
    this.#host.replaceChildren(...this.#rows.map(({ element }) => element));
    this.#host.dataset.live = String(live);
  }

  #fill() {
    const { rows, player, columns } = this.#state;
    this.#thumbs = rows.map(({ frames }) => sampled(frames, columns));
    this.#rows.forEach((row, i) => {
      row.update(rows[i], this.#thumbs[i]);
    });
    this.#focus.refresh();
    const longest = Math.max(0, ...rows.map(({ frames }) => frames));
    this.#player.configure(player && rows.length > 0, longest);
  }

  async #open() {
    const { decoder, classes } = this.#state;
    this.#frames.stop();
    if (await this.#decoder.open(absolute(decoder), classes)) {
      this.#stats.ready ??= performance.now();
      if (this.#state.rows.length) this.#notice.say(null);
      this.#follower.renew();
      this.#frames.start();
    } else if (this.#decoder.failure) this.#blame(this.#decoder.failure);
  }

  /** @param {unknown} error */
  #blame(error) {
    this.#notice.blame(error, NO_DECODER, () => this.#open());
  }

  #decode() {
    const { rows, decoder, output, player } = this.#state;
    this.#stats.decoded = null;
    this.#stats.frames = rows.reduce((sum, { frames }) => sum + frames, 0);
    this.#mark(null, null);
    this.#frames.set(rows, decoder, output, (row) => {
      if (!rows[row].frames) return [];
      const now = player ? [this.#frame(row, this.#player.time)] : [];
      return [...now, ...this.#thumbs[row]];
    });
    this.#thumbs.forEach((frames, row) => {
      for (const frame of frames) this.#arrived(row, frame);
    });
    this.#show(this.#player.time);
  }

  /**
   * @param {number} row
   * @param {number} frame
   */
  #arrived(row, frame) {
    const picture = this.#frames.rows[row].pictures[frame];
    if (!picture) return;
    this.#rows[row].paint(frame, picture);
    if (this.#state.player && !this.#player.playing) this.#showRow(row, this.#player.time);
  }

  /** @param {number} time */
  #show(time) {
    if (!this.#state.player) return;
    for (let row = 0; row < this.#rows.length; row++) this.#showRow(row, time);
    this.#stats.played += 1;
    publish(`playing:${this.#state.key}`, { t: time });
  }

  /**
   * @param {number} row
   * @param {number} time
   */
  #showRow(row, time) {
    if (!this.#state.rows[row].frames) return;
    const frame = this.#frame(row, time);
    this.#rows[row].show(this.#frames.nearest(row, frame), frame);
  }

  /**
   * @param {number} row
   * @param {number} time
   */
  #frame(row, time) {
    return Math.round(time * (this.#state.rows[row].frames - 1));
  }

  /**
   * @param {number} row
   * @param {Float32Array} values of its picture
   */
  #follow(row, values) {
    this.#rows[row]?.show(this.#frames.picture(values));
    this.#stats.followed += 1;
  }

  /**
   * @param {number} row
   * @param {number | null} frame null for the picture of this moment
   */
  #choose(row, frame) {
    const { player, rows, digest } = this.#state;
    const now = player && rows[row].frames ? this.#frame(row, this.#player.time) : null;
    const chosen = frame ?? now;
    if (chosen === null) return; // the picture is the plane's own z, where Python can read it
    if (player && rows[row].frames > 1) this.#player.seek(chosen / (rows[row].frames - 1));
    this.#mark(row, chosen);
    this.#serial += 1;
    /** @type {StripGesture} */
    const gesture = { row, frame: chosen, serial: this.#serial, digest };
    this.#send("gesture", gesture);
  }

  /**
   * @param {number | null} row
   * @param {number | null} frame
   */
  #mark(row, frame) {
    this.#rows.forEach((one, i) => {
      one.mark(i === row ? frame : null);
    });
  }
}

/**
 * Up to `columns` of `count` frames, evenly, with both ends.
 * @param {number} count
 * @param {number} columns
 */
export function sampled(count, columns) {
  const shown = Math.min(count, columns);
  if (shown === 1) return [0];
  return Array.from({ length: shown }, (_, i) => Math.round((i * (count - 1)) / (shown - 1)));
}
