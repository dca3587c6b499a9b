// One decoder: whether it is ready, why not, and the condition that it wants.

export class Decoder {
  // engine: an Engine or a Background
  constructor(engine) {
    Object.assign(this, { engine, ready: false, failure: null, ticket: 0 });
  }

  // Resolves to true when this decoder can answer, to false when it failed or another was opened.
  async open(url, classes) {
    const ticket = ++this.ticket;
    Object.assign(this, { ready: false, failure: null, classes });
    try {
      await this.engine.load(url);
      this.ready = ticket === this.ticket;
    } catch (error) {
      if (ticket === this.ticket) this.failure = error.message;
    }
    return this.ready && ticket === this.ticket;
  }

  // z: Float32Array of one or more points, one after the other -> { values, width }
  decode(z, size, label) {
    return this.engine.decode(z, size, this.#condition(z.length / size, label));
  }

  close() {
    this.ticket += 1;
    this.engine.close();
  }

  #condition(count, label) {
    if (!this.classes) return null;
    const y = new Float32Array(count * this.classes);
    for (let i = 0; i < count; i++) y[i * this.classes + (label ?? 0)] = 1;
    return y;
  }
}
