import assert from "node:assert/strict";
import test from "node:test";
import { publish, subscribe } from "../../latent_plane/frontend/shared/bus.js";

let number = 0;
const topic = () => `playing:${number++}`;

test("who comes late hears what was said last", () => {
  const name = topic();
  publish(name, { t: 0.25 });
  publish(name, { t: 0.5 });
  const heard = [];
  subscribe(name, (message) => heard.push(message));
  assert.deepEqual(heard, [{ t: 0.5 }]);
});

test("nothing said, and nothing any more, are nothing to hear at first", () => {
  const name = topic();
  const heard = [];
  subscribe(name, (message) => heard.push(message));
  publish(name, null);
  assert.deepEqual(heard, [null]);
  subscribe(name, (message) => heard.push(message));
  assert.deepEqual(heard, [null]);
});

test("who has left hears no more, though the same listener may be there twice", () => {
  const name = topic();
  const heard = [];
  const listener = (message) => heard.push(message.t);
  const [leave] = [subscribe(name, listener), subscribe(name, listener)];
  publish(name, { t: 1 });
  leave();
  publish(name, { t: 2 });
  assert.deepEqual(heard, [1, 1, 2]);
});

test("a listener may leave while it hears", () => {
  const name = topic();
  const heard = [];
  const leave = subscribe(name, (message) => {
    heard.push(message.t);
    leave();
  });
  subscribe(name, (message) => heard.push(-message.t));
  publish(name, { t: 1 });
  publish(name, { t: 2 });
  assert.deepEqual(heard, [1, -1, -2]);
});

test("topics keep apart", () => {
  const heard = [];
  subscribe(topic(), (message) => heard.push(message));
  publish(topic(), { t: 1 });
  assert.deepEqual(heard, []);
});
