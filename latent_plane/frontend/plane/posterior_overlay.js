// The posterior that another component of the page shows on the plane.

const SIGMAS = 2;

export class PosteriorOverlay {
  constructor(marks, map) {
    Object.assign(this, { marks, map, posterior: null });
  }

  // posterior: { mean, logVar } or null; whether it is one of this latent space
  receive(posterior, latent) {
    this.posterior = posterior;
    return this.#belongs(latent);
  }

  // Draws its outline where the axes now have it.
  place(latent) {
    const { mean, logVar } = this.#belongs(latent) ? this.posterior : {};
    const outline = mean ? latent.ellipse(mean, logVar, SIGMAS) : [];
    this.marks.enclose(outline.map((place) => this.map.pixel(place)));
  }

  #belongs(latent) {
    return this.posterior?.mean.length === latent.size;
  }
}
