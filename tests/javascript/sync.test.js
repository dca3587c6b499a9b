// Who is ahead of whom: the browser and Python, a page and the channel that it follows.

import assert from "node:assert/strict";
import test from "node:test";
import { PythonSync } from "../../latent_plane/frontend/plane/python_sync.js";
import { publish } from "../../latent_plane/frontend/shared/bus.js";
import { Subscriber } from "../../latent_plane/frontend/shared/subscriber.js";

const HERE = Float32Array.of(1, 2);
const GESTURE = { z: [1, 2], label: null, clicked: null, selected: "", decodes: true };

function connected(serial) {
  const sent = [];
  const sync = new PythonSync(serial);
  sync.connect((name, value) => sent.push([name, value]));
  return { sync, sent };
}

test("a gesture is one message, and they are counted on from what Python has heard", () => {
  const { sync, sent } = connected(4);
  sync.tell(GESTURE);
  sync.tell(GESTURE);
  assert.deepEqual(
    sent.map(([name, { serial }]) => [name, serial]),
    [
      ["gesture", 5],
      ["gesture", 6],
    ],
  );
});

test("Python's change is followed once", () => {
  const { sync } = connected(0);
  assert.ok(sync.fresh && sync.behind({ revision: 0 }));
  sync.follow({ revision: 0 });
  assert.ok(!sync.fresh && !sync.behind({ revision: 0 }));
  assert.ok(sync.behind({ revision: 1 }));
});

test("astray is who stands elsewhere although all has been heard", () => {
  const { sync } = connected(0);
  assert.ok(!sync.astray({ serial: 0, z: [1, 2] }, HERE));
  assert.ok(sync.astray({ serial: 0, z: [1, 3] }, HERE));
  sync.moved();
  assert.ok(!sync.astray({ serial: 0, z: [1, 3] }, HERE));
  sync.tell(GESTURE);
  assert.ok(sync.ahead({ serial: 0 }));
  assert.ok(!sync.astray({ serial: 0, z: [1, 3] }, HERE));
  assert.ok(sync.astray({ serial: 1, z: [1, 3] }, HERE));
});

const version = (moment, figures) => ({ moment, parts: figures ? { figures } : {} });

function subscribed(follows, moment) {
  const shown = [];
  const subscriber = new Subscriber("figures", (state) => shown.push(state.note));
  subscriber.update({ follows, moment, note: "page" });
  return { shown, subscriber };
}

test("a newer version replaces what Python said, an older one does not", () => {
  const { shown, subscriber } = subscribed("newer.json", 5);
  publish("status:newer.json", version(4, { note: "old" }));
  publish("status:newer.json", version(6, { note: "new" }));
  assert.deepEqual(shown, ["page", "page", "new"]);
  subscriber.update({ follows: "newer.json", moment: 7, note: "later page" });
  assert.equal(shown.at(-1), "later page");
});

test("a version that says nothing new draws nothing", () => {
  const { shown } = subscribed("same.json", 0);
  publish("status:same.json", version(1, { note: "a" }));
  publish("status:same.json", version(2, { note: "a" }));
  assert.deepEqual(shown, ["page", "a"]);
});

test("who follows another channel, or none, hears no more of the first", () => {
  const { shown, subscriber } = subscribed("first.json", 0);
  subscriber.update({ follows: null, moment: 0, note: "alone" });
  publish("status:first.json", version(9, { note: "news" }));
  assert.deepEqual(shown, ["page", "alone"]);
});
