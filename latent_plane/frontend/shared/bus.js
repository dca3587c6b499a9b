// Messages between the components of one page; null on a topic means that there is nothing any more.
// The topics are the page's, since a component that came at a later attempt has modules of its own.

/** @import { Topics } from "./topics.d.ts" */

/** @typedef {{ last: unknown, listeners: Set<(message: never) => void> }} Topic */

globalThis.latentPlaneTopics ??= new Map();
/** @type {Map<string, Topic>} */
const topics = globalThis.latentPlaneTopics;

/**
 * The last message is kept for those who come later.
 * @template {keyof Topics} T
 * @param {T} name
 * @param {Topics[T] | null} message
 */
export function publish(name, message) {
  const topic = opened(name);
  topic.last = message;
  for (const listener of [...topic.listeners]) listener(/** @type {never} */ (message));
}

/**
 * Calls listener(message) with what was said last, if anything, and from now on until the
 * function that this returns is called.
 * @template {keyof Topics} T
 * @param {T} name
 * @param {(message: Topics[T] | null) => void} listener
 * @returns {() => void}
 */
export function subscribe(name, listener) {
  const { listeners, last } = opened(name);
  const own = (/** @type {Topics[T] | null} */ message) => listener(message);
  listeners.add(own);
  if (last !== null) own(/** @type {Topics[T]} */ (last));
  return () => listeners.delete(own);
}

/** @param {string} name */
function opened(name) {
  const topic = topics.get(name) ?? { last: null, listeners: new Set() };
  topics.set(name, topic);
  return topic;
}
