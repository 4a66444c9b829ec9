/**
 * Says where a URL of an emulated host is on the server at `baseUrl`: `https://host/path` is at `baseUrl/host/path`.
 *
 * What is no `https:` URL is returned as it is.
 */
export function emulatedUrl(url: string, baseUrl: string | URL): string {
  const [, rest] = /^https:\/\/[^/?#]+(.*)$/is.exec(url) ?? []
  if (rest === undefined || !URL.canParse(url)) return url
  // Only the host is taken from the parsed URL, which drops `:443`: a path keeps its slash at the end, or the lack of one.
  return `${String(baseUrl).replace(/\/+$/, '')}/${new URL(url).host}${rest}`
}
