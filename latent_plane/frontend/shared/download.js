// Files from this server: where they are and how they come.

// The address of what the app serves at `url`.
export function absolute(url) {
  return new URL(url, document.baseURI).href;
}

// `.gz` arrives as it lies there and is inflated here.
export async function download(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  if (!url.endsWith(".gz")) return response;
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
}
