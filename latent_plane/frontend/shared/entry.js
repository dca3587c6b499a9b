// The way from Streamlit to our modules; it gets a copy for each component, with MODULE replaced.

/** @import { StreamlitComponent } from "./messages.d.ts" */
/** @import { ComponentModule } from "./window.d.ts" */

const PAUSES = [300, 900, 2700]; // milliseconds before the second, third and fourth attempt

// A component may be there several times, and be drawn anew while its module is on the way.
window.latentPlaneModules ??= {};
const loading = window.latentPlaneModules;

/** @param {StreamlitComponent} component */
export default function (component) {
  const url = new URL(`${component.data.modules}/MODULE`, document.baseURI).href;
  show(component, url);
  return () => {
    loading[url]?.then(
      ({ unmount }) => unmount(component.parentElement),
      () => {},
    );
  };
}

/**
 * @param {StreamlitComponent} component
 * @param {string} url
 */
function show(component, url) {
  const host = component.parentElement;
  host.querySelector(".le-unloaded")?.remove();
  loading[url] ??= load(url);
  loading[url].then(
    ({ render }) => render(component),
    (error) => {
      console.error(error);
      delete loading[url];
      host.querySelector(".le-unloaded")?.remove();
      host.prepend(notice(() => show(component, url)));
    },
  );
}

/**
 * Browsers remember that a module did not load, also one that another imports: each attempt finds all
 * of them in a folder of its own.
 * @param {string} url
 * @returns {Promise<ComponentModule>}
 */
async function load(url, failures = 0) {
  const attempt = window.latentPlaneFailures ?? 0;
  try {
    return await import(attempt ? url.replace(/(?=\/[^/]+\/[^/]+$)/, `/~${attempt}`) : url);
  } catch (error) {
    window.latentPlaneFailures = attempt + 1;
    if (failures === PAUSES.length) throw error;
  }
  await new Promise((go) => setTimeout(go, PAUSES[failures]));
  return load(url, failures + 1);
}

/** @param {() => void} again */
function notice(again) {
  const line = document.createElement("p");
  const button = document.createElement("button");
  line.className = "le-unloaded";
  line.setAttribute("role", "status");
  line.textContent = "The network failed while this part of the page was loading. ";
  const retry = () => line.isConnected && again();
  Object.assign(button, { type: "button", textContent: "Try again", onclick: retry });
  window.addEventListener("online", retry, { once: true });
  line.append(button);
  return line;
}
