// Files from this server: where they are, and how they come over a network that may fail.

import { arrived, begun, ended } from "./progress.js";

/** The network failed, or the server for the moment: another attempt may go well. */
export class NetworkFailure extends Error {
  name = "NetworkFailure";
}

/** The server answers, but does not have the file: trying again is of no use. */
export class FileMissing extends Error {
  name = "FileMissing";
}

/** @typedef {"network" | "missing" | "browser"} FailureKind */

const PAUSES = [300, 900, 2700]; // milliseconds before the second, third and fourth attempt

/**
 * Whose fault it is; what neither network nor server are to blame for, this browser cannot do.
 * @param {unknown} error
 * @returns {FailureKind}
 */
export function failureKind(error) {
  if (error instanceof NetworkFailure) return "network";
  return error instanceof FileMissing ? "missing" : "browser";
}

/**
 * The error of a kind, for those that come from a worker.
 * @param {FailureKind} kind
 * @param {string} message
 */
export function failureOf(kind, message) {
  if (kind === "network") return new NetworkFailure(message);
  return kind === "missing" ? new FileMissing(message) : new Error(message);
}

/**
 * The address of what the app serves at `url`.
 * @param {string} url
 */
export function absolute(url) {
  return new URL(url, document.baseURI).href;
}

/**
 * @param {string} url
 * @returns {Promise<ArrayBuffer>}
 */
export function downloadBytes(url) {
  return persistently(() => fetched(url, (response) => streamed(url, response)));
}

/**
 * The JSON at `url`, whose type the caller has to know.
 * @template T
 * @param {string} url
 * @returns {Promise<T>}
 */
export function downloadJson(url) {
  return persistently(() => fetched(url, (response) => response.json()));
}

let failedImports = 0;

/**
 * A module, for whose type the caller vouches. Browsers remember that a module did not load, so each
 * further attempt has an address of its own.
 * @template T
 * @param {string} url
 * @returns {Promise<{ url: string, module: T }>} and the address at which it was found
 */
export function importModule(url) {
  return persistently(async () => {
    const address = failedImports ? `${url}?attempt=${failedImports}` : url;
    try {
      return { url: address, module: await blamingTheNetwork(import(address)) };
    } catch (error) {
      failedImports += 1;
      throw error;
    }
  });
}

/**
 * Runs a classic script.
 * @param {string} url whose query may say how many `bytes` come over the network
 */
export async function loadScript(url) {
  begun(url, Number(new URL(url).searchParams.get("bytes")));
  try {
    await persistently(() => new Promise(appended(url)));
  } finally {
    ended(url);
  }
}

/**
 * @param {string} url
 * @returns {(resolve: (value?: undefined) => void, reject: (error: Error) => void) => void}
 */
function appended(url) {
  return (resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new NetworkFailure(`no answer for ${url}`));
    };
    document.head.append(script);
  };
}

/**
 * What `attempt` answers, which is asked again after a pause when the network failed.
 * @template T
 * @param {(failures: number) => Promise<T>} attempt gets the number of failures so far
 * @param {readonly number[]} [pauses] in milliseconds
 * @returns {Promise<T>}
 */
export async function persistently(attempt, pauses = PAUSES) {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(failures);
    } catch (error) {
      if (!(error instanceof NetworkFailure) || failures === pauses.length) throw error;
    }
    await new Promise((go) => setTimeout(go, pauses[failures]));
  }
}

/**
 * @template T
 * @param {string} url
 * @param {(response: Response) => Promise<T>} read
 */
async function fetched(url, read) {
  const response = await blamingTheNetwork(fetch(url));
  if (response.status >= 500) throw new NetworkFailure(`${response.status} for ${url}`);
  if (!response.ok) throw new FileMissing(`${response.status} for ${url}`);
  return blamingTheNetwork(read(response));
}

/**
 * The bytes of an answer as they come. What is compressed on its way arrives inflated, so the server
 * says how long it is then.
 * @param {string} url
 * @param {Response} response
 * @returns {Promise<ArrayBuffer>}
 */
async function streamed(url, response) {
  const length = Number(response.headers.get("x-plain-length"));
  if (!response.body || !length) return response.arrayBuffer();
  begun(url, Number(response.headers.get("content-length")) || length);
  try {
    return await collected(response.body.getReader(), length, (share) => arrived(url, share));
  } finally {
    ended(url);
  }
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {number} length
 * @param {(share: number) => void} tell
 */
async function collected(reader, length, tell) {
  const bytes = new Uint8Array(length);
  let count = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes.set(value, count);
    count += value.length;
    tell(count / length);
  }
  if (count < length) throw new TypeError(`${count} of ${length} bytes came`);
  return bytes.buffer;
}

/**
 * Browsers say TypeError when something did not come, or came to an end too early.
 * @template T
 * @param {Promise<T>} coming
 */
async function blamingTheNetwork(coming) {
  try {
    return await coming;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new NetworkFailure(error.message, { cause: error });
  }
}
