// The cases that Python and JavaScript share.

import { readFileSync } from "node:fs";

/** @param {string} name */
export function cases(name) {
  return JSON.parse(readFileSync(new URL(`../cases/${name}.json`, import.meta.url), "utf8"));
}
