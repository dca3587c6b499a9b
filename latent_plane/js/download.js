// A file from this server; `.gz` arrives as it lies there and is inflated here.

export async function download(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  if (!url.endsWith(".gz")) return response;
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
}
