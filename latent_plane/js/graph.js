// One encoder or decoder: whether it is ready, why not, and the condition that it wants.

export class Graph {
  // engine: an Engine or, for decoders, a Background
  constructor(engine) {
    Object.assign(this, { engine, ready: false, failure: null, ticket: 0 });
  }

  // Resolves to true when this graph can answer, to false when it failed or another was opened.
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

  close() {
    this.ticket += 1;
    this.ready = false;
    this.engine.close();
  }

  // label: one class for all of `count` inputs, or an array with one each -> one-hot rows, or null
  // for a graph without classes
  condition(count, label) {
    if (!this.classes) return null;
    const y = new Float32Array(count * this.classes);
    const own = Array.isArray(label) ? (i) => label[i] : () => label;
    for (let i = 0; i < count; i++) y[i * this.classes + (own(i) ?? 0)] = 1;
    return y;
  }
}
