// Time from 0 to 1 and back, for all rows at once: a button, a slider, a speed.

const LONGEST = 100; // milliseconds; a page that slept goes on where it was

export class Player {
  // moved(time): the time has changed
  constructor(root, moved) {
    const find = (name) => root.querySelector(`.ps-${name}`);
    Object.assign(this, { host: find("player"), share: find("share"), moved });
    [this.button, this.slider] = [find("play"), find("time")];
    this.speed = root.querySelector(".ps-speed select");
    Object.assign(this, { time: 0, direction: 1, playing: false, frames: 1 });
    this.button.onclick = () => this.play(!this.playing);
    this.slider.oninput = () => this.seek(this.slider.valueAsNumber);
    this.slider.onkeydown = (event) => this.#key(event);
  }

  // frames: of the longest row
  configure(shown, frames) {
    this.frames = frames;
    this.host.hidden = !shown;
    if (!shown) this.play(false);
  }

  play(on) {
    if (on === this.playing) return;
    this.playing = on;
    this.button.textContent = on ? "Pause" : "Play";
    this.last = null;
    if (on) this.request = requestAnimationFrame((now) => this.#tick(now));
    else cancelAnimationFrame(this.request);
  }

  // Goes to a time and stays there.
  seek(time) {
    this.play(false);
    this.#go(time);
  }

  #tick(now) {
    const passed = Math.min(LONGEST, now - (this.last ?? now));
    this.last = now;
    let time = this.time + (this.direction * passed) / (1000 * Number(this.speed.value));
    if (time > 1 || time < 0) {
      this.direction *= -1;
      time = time > 1 ? 2 - time : -time;
    }
    this.#go(time);
    this.request = requestAnimationFrame((next) => this.#tick(next));
  }

  #go(time) {
    this.time = Math.min(1, Math.max(0, time));
    const percent = `${Math.round(100 * this.time)} %`;
    this.slider.value = String(this.time);
    this.slider.style.setProperty("--le-at", `${100 * this.time}%`);
    if (percent !== this.share.textContent) {
      this.share.textContent = percent;
      this.slider.setAttribute("aria-valuetext", percent);
    }
    this.moved(this.time);
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (event.key === " ") this.play(!this.playing);
    else if (step) this.seek(this.time + step / Math.max(1, this.frames - 1));
    else return;
    event.preventDefault();
  }
}
