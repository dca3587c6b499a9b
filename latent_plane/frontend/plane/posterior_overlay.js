// The posterior that another component of the page shows on the plane.

/** @import { Posterior } from "../shared/topics.d.ts" */
/** @import { Latent } from "./latent.js" */
/** @import { LatentMap } from "./map.js" */
/** @import { Markers } from "./markers.js" */

const SIGMAS = 2;

export class PosteriorOverlay {
  /** @type {Markers} */
  #markers;
  /** @type {LatentMap} */
  #map;
  /** @type {Posterior | null} */
  #posterior = null;

  /**
   * @param {Markers} markers
   * @param {LatentMap} map
   */
  constructor(markers, map) {
    this.#markers = markers;
    this.#map = map;
  }

  /** @param {Posterior | null} posterior */
  receive(posterior) {
    this.#posterior = posterior;
  }

  /**
   * Draws its outline where the axes now have it.
   * @param {Latent} latent
   */
  place(latent) {
    const posterior = this.#posterior;
    const outline = belongs(posterior, latent)
      ? latent.ellipse(posterior.mean, posterior.logVar, SIGMAS)
      : [];
    this.#markers.enclose(outline.map((place) => this.#map.pixel(place)));
  }
}

/**
 * Whether it is one of this latent space.
 * @param {Posterior | null} posterior
 * @param {Latent} latent
 * @returns {posterior is Posterior}
 */
export function belongs(posterior, latent) {
  return posterior?.mean.length === latent.size;
}
