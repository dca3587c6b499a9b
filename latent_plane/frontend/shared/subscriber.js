// What a component shows: as Python said it, or what a board has told since (`board/board.js`).

import { subscribe } from "./bus.js";

export class Subscriber {
  // part: name of the news' part that is for this component; show(data)
  constructor(part, show) {
    Object.assign(this, { part, show, topic: null, news: null, leave: null });
  }

  // data: as Python said it, with `follows` and `moment` (`latent_plane/board.py`)
  update(data) {
    this.data = data;
    const topic = data.follows && `news:${data.follows}`;
    if (topic !== this.topic) {
      this.close();
      this.topic = topic;
      if (topic) this.leave = subscribe(topic, (news) => this.#hear(news));
    }
    this.#show();
  }

  close() {
    this.leave?.();
    Object.assign(this, { topic: null, news: null, leave: null });
  }

  #hear(news) {
    const told = this.news?.parts[this.part];
    this.news = news;
    if (JSON.stringify(told) !== JSON.stringify(news.parts[this.part])) this.#show();
  }

  #show() {
    const newer = this.news && this.news.moment > this.data.moment;
    this.show({ ...this.data, ...(newer ? this.news.parts[this.part] : null) });
  }
}
