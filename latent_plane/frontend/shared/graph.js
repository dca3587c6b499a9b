// One encoder or decoder: whether it is ready, why not, and the condition that it wants.

class Graph {
  // engine: an Engine or, for decoders, a EngineProxy
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

// A graph that makes x of z.
export class Decoder extends Graph {
  // z: Float32Array of one or more points, one after the other; label: one for all of them, or an
  // array with one each -> { values, width }
  decode(z, size, label) {
    return this.engine.decode(z, size, this.condition(z.length / size, label));
  }
}

// A graph that makes the posterior's mean and log variance of x.
export class Encoder extends Graph {
  // x: Float32Array of one example; shape: its own -> { mean, logVar }
  async encode(x, shape, label) {
    const feeds = { x: [x, [1, ...shape]] };
    const y = this.condition(1, label);
    if (y) feeds.y = [y, [1, y.length]];
    const { mean, log_var: logVar } = await this.engine.run(feeds);
    return { mean, logVar };
  }
}
