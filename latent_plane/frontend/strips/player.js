// Time from 0 to 1 and back, for all rows at once: a button, a slider, a speed.

import { query } from "../shared/dom.js";

const LONGEST = 100; // milliseconds; a page that slept goes on where it was

/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

export class Player {
  time = 0;
  playing = false;
  /** @type {HTMLElement} */
  #host;
  /** @type {HTMLElement} */
  #share;
  /** @type {HTMLButtonElement} */
  #button;
  /** @type {HTMLInputElement} */
  #slider;
  /** @type {HTMLSelectElement} */
  #speed;
  /** @type {(time: number) => void} */
  #moved;
  #direction = 1;
  /** Frames of the longest row. */
  #frames = 1;
  /** @type {number | null} when the last frame was shown */
  #last = null;
  #request = 0;

  /**
   * @param {HTMLElement} root
   * @param {(time: number) => void} moved the time has changed
   */
  constructor(root, moved) {
    this.#host = query(root, ".ps-player");
    this.#share = query(root, ".ps-share");
    this.#button = query(root, ".ps-play", HTMLButtonElement);
    this.#slider = query(root, ".ps-time", HTMLInputElement);
    this.#speed = query(root, ".ps-speed select", HTMLSelectElement);
    this.#moved = moved;
    this.#button.onclick = () => this.play(!this.playing);
    this.#slider.oninput = () => this.seek(this.#slider.valueAsNumber);
    this.#slider.onkeydown = (event) => this.#key(event);
  }

  /**
   * @param {boolean} shown
   * @param {number} frames of the longest row
   */
  configure(shown, frames) {
    this.#frames = frames;
    this.#host.hidden = !shown;
    if (!shown) this.play(false);
  }

  /** @param {boolean} on */
  play(on) {
    if (on === this.playing) return;
    this.playing = on;
    this.#button.textContent = on ? "Pause" : "Play";
    this.#last = null;
    if (on) this.#request = requestAnimationFrame((now) => this.#tick(now));
    else cancelAnimationFrame(this.#request);
  }

  /**
   * Goes to a time and stays there.
   * @param {number} time
   */
  seek(time) {
    this.play(false);
    this.#go(time);
  }

  /** @param {number} now */
  #tick(now) {
    const passed = Math.min(LONGEST, now - (this.#last ?? now));
    this.#last = now;
    let time = this.time + (this.#direction * passed) / (1000 * Number(this.#speed.value));
    if (time > 1 || time < 0) {
      this.#direction *= -1;
      time = time > 1 ? 2 - time : -time;
    }
    this.#go(time);
    this.#request = requestAnimationFrame((next) => this.#tick(next));
  }

  /** @param {number} time */
  #go(time) {
    this.time = Math.min(1, Math.max(0, time));
    const percent = `${Math.round(100 * this.time)} %`;
    this.#slider.value = String(this.time);
    this.#slider.style.setProperty("--le-at", `${100 * this.time}%`);
    if (percent !== this.#share.textContent) {
      this.#share.textContent = percent;
      this.#slider.setAttribute("aria-valuetext", percent);
    }
    this.#moved(this.time);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = STEPS[event.key];
    if (event.key === " ") this.play(!this.playing);
    else if (step) this.seek(this.time + step / Math.max(1, this.#frames - 1));
    else return;
    event.preventDefault();
  }
}
