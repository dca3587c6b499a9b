// The rows inside the lasso, marked in every figure that shows them.

export class Selection {
  // views: figures with mark(rows), and clear() where they draw an outline; changed(): the person has chosen
  constructor(rows, views, changed) {
    this.views = views;
    this.changed = changed;
    this.rows = new Set(rows);
    for (const view of views) view.rows = this.rows;
  }

  // A lasso ended in one figure: the outlines in the others no longer say the truth.
  choose(rows, from) {
    for (const view of this.views) if (view !== from) view.clear?.();
    this.mark(rows);
    this.changed();
  }

  // A lasso on the map; a mere click lets go.
  enclose(corners, map) {
    if (corners.length) this.choose(map.inside(corners), map);
    else this.letGo();
  }

  letGo() {
    if (this.rows.size) this.choose(new Set(), null);
  }

  mark(rows) {
    this.rows = rows;
    for (const view of this.views) view.mark(rows);
  }
}
