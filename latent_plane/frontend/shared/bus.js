// Messages between the components of one page. They share this module, hence its topics.
//
// Topics of ours, with the key of a plane or the address of a board:
//   shown:<key>      { z: Float32Array, label, pinned }     the plane shows this point
//   posterior:<key>  { mean, logVar: Float32Array, label }  the plane is to show this posterior
//   news:<address>   { moment, parts }                      what a board's newest edition says
// null on a topic: nothing any more.

const topics = new Map(); // topic -> { last, listeners }

// The last message is kept for those who come later.
export function publish(topic, message) {
  const { listeners } = Object.assign(opened(topic), { last: message });
  for (const listener of [...listeners]) listener(message);
}

// Calls listener(message) with what was said last, if anything, and from now on until the
// function that this returns is called.
export function subscribe(topic, listener) {
  const { listeners, last } = opened(topic);
  const own = (message) => listener(message);
  listeners.add(own);
  if (last !== null) own(last);
  return () => listeners.delete(own);
}

function opened(topic) {
  if (!topics.has(topic)) topics.set(topic, { last: null, listeners: new Set() });
  return topics.get(topic);
}
