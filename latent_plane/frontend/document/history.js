// Runs before the app. A query is the state of a page and not a place: only another page makes an
// entry in the browser's history, so that Back leaves a page with one press however long somebody
// has dragged on it, and comes back to where it was left.

(() => {
  const push = history.pushState.bind(history);

  /** @type {History["pushState"]} */
  history.pushState = (state, unused, url) => {
    const next = new URL(url ?? location.href, location.href);
    if (next.pathname === location.pathname) {
      history.replaceState(state, unused, url);
    } else {
      push(state, unused, url);
    }
  };
})();
