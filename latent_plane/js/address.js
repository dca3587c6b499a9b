// The address of what the app serves at `url`.

export function absolute(url) {
  return new URL(url, document.baseURI).href;
}
