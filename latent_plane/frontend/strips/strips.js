// Joins the parts: the decoded frames, the player, the rows on the page, the plane they follow.

import { absolute } from "../shared/download.js";
import { EngineProxy } from "../shared/engine_proxy.js";
import { publish } from "../shared/bus.js";
import { Decoder } from "../shared/graph.js";
import { PlaneFollower } from "./plane_follower.js";
import { Frames } from "./frames.js";
import { RovingFocus } from "./roving_focus.js";
import { Player } from "./player.js";
import { Row } from "./row.js";
import { StripStats } from "../shared/stats.js";

const NOTHING = "There is nothing to show yet.";
const NOTICE = "The pictures could not be decoded in this browser. Reload the page to try again.";

export class Strips {
  constructor(root, data) {
    const find = (name) => root.querySelector(`.ps-${name}`);
    [this.root, this.host, this.notice] = [root, find("rows"), find("notice")];
    Object.assign(this, { data: {}, rows: [], serial: 0 });
    this.stats = new StripStats(data.key);
    this.decoder = new Decoder(new EngineProxy(absolute(data.runtime)));
    this.frames = new Frames(this.decoder, {
      arrived: (row, frame) => this.#arrived(row, frame),
      done: (milliseconds) => this.#done(milliseconds),
      failed: () => this.#say(NOTICE),
    });
    this.player = new Player(root, (time) => this.#show(time));
    this.follower = new PlaneFollower(this.decoder, (row, values) => this.#follow(row, values));
    this.keys = new RovingFocus(this.host);
  }

  // Called by Streamlit whenever data or theme have changed; does only what has changed.
  update({ data, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.send = setStateValue;
    const changed = (...names) =>
      names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(data[name]));
    if (changed("height")) this.host.style.maxHeight = data.height ? `${data.height}px` : "";
    if (changed("columns")) this.root.style.setProperty("--ps-columns", data.columns);
    if (changed("output", "player", "follow") || data.rows.length !== this.rows.length) this.#rebuild();
    if (changed("output", "player", "follow", "columns", "rows")) this.#fill();
    if (changed("decoder", "classes")) this.#open();
    if (changed("output", "decoder", "digest", "player", "follow", "columns")) this.#decode();
    if (changed("follow", "player", "rows", "classes")) this.follower.follow(data.follow, data.rows);
    if (!data.rows.length) this.#say(NOTHING);
    else if (!this.decoder.failure) this.#say(null);
  }

  close() {
    this.player.play(false);
    publish(`playing:${this.data.key}`, null);
    this.follower.close();
    this.frames.stop();
    this.decoder.close();
  }

  #rebuild() {
    const { output, player, follow, rows } = this.data;
    const live = player || Boolean(follow);
    const choose = (row, frame) => this.#choose(row, frame);
    this.rows = rows.map((_, index) => new Row(index, { output, live, choose }));
    this.host.replaceChildren(...this.rows.map(({ element }) => element));
    this.host.dataset.live = String(live);
  }

  #fill() {
    const { rows, player } = this.data;
    this.thumbs = rows.map(({ frames }) => sampled(frames, this.data.columns));
    this.rows.forEach((row, i) => row.update(rows[i], this.thumbs[i]));
    this.keys.refresh();
    this.player.configure(player && rows.length > 0, Math.max(0, ...rows.map(({ frames }) => frames)));
  }

  async #open() {
    this.frames.stop();
    const ready = await this.decoder.open(absolute(this.data.decoder), this.data.classes);
    if (ready) {
      this.stats.ready ??= performance.now();
      this.follower.renew();
      this.frames.start();
    } else if (this.decoder.failure) this.#say(NOTICE);
  }

  #decode() {
    const { rows, decoder, output } = this.data;
    Object.assign(this.stats, { decoded: null, frames: rows.reduce((sum, { frames }) => sum + frames, 0) });
    this.#mark(null, null);
    const now = (row) => (this.data.player ? [this.#frame(row, this.player.time)] : []);
    const seen = (row) => (rows[row].frames ? [...now(row), ...this.thumbs[row]] : []);
    this.frames.set(rows, { source: decoder, output, seen });
    this.frames.rows.forEach(({ pictures }, row) => {
      for (const frame of this.thumbs[row]) if (pictures[frame]) this.#arrived(row, frame);
    });
    this.#show(this.player.time);
  }

  #arrived(row, frame) {
    this.rows[row].paint(frame, this.frames.rows[row].pictures[frame]);
    if (this.data.player && !this.player.playing) this.#showRow(row, this.player.time);
  }

  #done(milliseconds) {
    this.stats.decoded = milliseconds;
  }

  #show(time) {
    if (!this.data.player) return;
    this.rows.forEach((_, row) => this.#showRow(row, time));
    this.stats.played += 1;
    publish(`playing:${this.data.key}`, { t: time });
  }

  #showRow(row, time) {
    if (!this.data.rows[row].frames) return;
    const frame = this.#frame(row, time);
    this.rows[row].show(this.frames.nearest(row, frame), frame);
  }

  #frame(row, time) {
    return Math.round(time * (this.data.rows[row].frames - 1));
  }

  #follow(row, values) {
    this.rows[row]?.show(this.frames.picture(values));
    this.stats.followed += 1;
  }

  // frame: null for the picture of this moment
  #choose(row, frame) {
    const { player, rows, digest } = this.data;
    const chosen = frame ?? (player && rows[row].frames ? this.#frame(row, this.player.time) : null);
    if (chosen === null) return; // the picture is the plane's own z, where Python can read it
    if (player && rows[row].frames > 1) this.player.seek(chosen / (rows[row].frames - 1));
    this.#mark(row, chosen);
    this.serial += 1;
    this.send("gesture", { row, frame: chosen, serial: this.serial, digest });
  }

  #mark(row, frame) {
    this.rows.forEach((one, i) => one.mark(i === row ? frame : null));
  }

  #say(text) {
    this.notice.hidden = !text;
    this.notice.textContent = text ?? "";
  }
}

// Up to `columns` of `count` frames, evenly, with both ends.
function sampled(count, columns) {
  const shown = Math.min(count, columns);
  if (shown === 1) return [0];
  return Array.from({ length: shown }, (_, i) => Math.round((i * (count - 1)) / (shown - 1)));
}
