// A line of text that appears when something is wrong, with a button where trying again may help.

import { failureKind } from "./download.js";

/** @import { FailureKind } from "./download.js" */
/** @typedef {Record<FailureKind, string>} FailureTexts what to say, by whose fault it is */

export class Notice {
  /** @type {HTMLElement} */
  #host;
  /** @type {AbortController | null} */
  #listening = null;

  /** @param {HTMLElement} host is hidden while there is nothing to say */
  constructor(host) {
    this.#host = host;
  }

  /** @param {string | null} text null hides the notice */
  say(text) {
    this.#show(text ?? "");
  }

  /**
   * Says what went wrong. Where it was the network, `again` is called when the person asks for it
   * or the network comes back.
   * @param {unknown} error
   * @param {FailureTexts} texts
   * @param {() => void} again
   */
  blame(error, texts, again) {
    const kind = failureKind(error);
    this.#show(texts[kind]);
    if (kind === "network") this.#offer(again);
  }

  close() {
    this.#listening?.abort();
    this.#listening = null;
  }

  /** @param {string} text */
  #show(text) {
    this.close();
    this.#host.hidden = !text;
    this.#host.textContent = text;
  }

  /** @param {() => void} again */
  #offer(again) {
    const listening = new AbortController();
    const retry = () => {
      this.say(null);
      again();
    };
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "le-again", textContent: "Try again" });
    this.#listening = listening;
    button.addEventListener("click", retry, { signal: listening.signal });
    window.addEventListener("online", retry, { signal: listening.signal });
    this.#host.append(" ", button);
  }
}
