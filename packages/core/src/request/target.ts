import { memberOf } from '../members.ts'

/**
 * Returns what a call is sent to, and its URL. The URL that is checked is the URL that is sent, even if an object says
 * another one later:
 *
 * - A `Request` is sent to the URL that it was made with, even if a subclass has another `url`.
 * - A `URL`, and any other object with a text of its own, can change. It is sent as the text that it has now.
 * - Any other object is a Request of another library. {@link fixUrl} makes its `url` read-only.
 *
 * @throws `TypeError` if an object only pretends to be a `Request`.
 */
export function readTarget(input: RequestInfo | URL): readonly [target: RequestInfo, url: string] {
  // Some libraries that replace `Request` have no getter for `url`.
  if (input instanceof Request) return [input, Reflect.get(Request.prototype, 'url', input) ?? input.url]
  const text = String(input)
  return text.startsWith('[object ')
    ? [input as RequestInfo, absolute(String(memberOf(input as unknown as Request, 'url')))]
    : [text, absolute(text)]
}

/** Makes sure that a Request of another library is sent to the URL that was checked. */
export function fixUrl(request: Request, url: string): void {
  if (!(request instanceof Request))
    Object.defineProperty(request, 'url', { value: url, writable: false, configurable: false })
}

/** Returns a URL as the platform writes it, or an empty text if it is not valid: `fetch` then reports the error. */
function absolute(text: string): string {
  const base = globalThis.location?.href
  return URL.canParse(text, base) ? new URL(text, base).href : ''
}
