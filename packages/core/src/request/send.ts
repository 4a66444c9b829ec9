import type { Chosen } from './candidate.ts'

/** One call of a `fetch`. */
export type Call = {
  /** The candidates for the token, in the order in which they were added. */
  readonly candidates: readonly Chosen[]
  readonly fetch: typeof globalThis.fetch
  readonly input: RequestInfo | URL
  readonly init: RequestInit | undefined
  /** The body as the caller gave it. If absent, the Request object can hold one. */
  readonly body: BodyInit | null | undefined
  /** Whether a body that only the Request object holds may be buffered, so that it can be sent a second time. */
  readonly mayBuffer: boolean
}

/** Our own message for a token that cannot be sent. The platform's message would show the token. */
export const unsendable = 'the token source gave a token whose accessToken is missing, or cannot be sent in a header'

/**
 * Sends a request with a token. An invalid request throws at once.
 *
 * @param to - the request, or its URL.
 * @param headers - the request's headers, which this function changes. If absent, `to` holds them.
 * @param authorization - the complete header value.
 * @param body - the body, if `to` does not hold it any more.
 */
export function send(
  { fetch, input, init, body: known }: Call,
  to: RequestInfo,
  headers: Headers | undefined,
  authorization: string,
  body?: BodyInit,
): Promise<Response> {
  const own = body === undefined ? init : { ...init, body }
  // The header is set before the Request is made, because Bun ignores an empty `Headers` object.
  if (headers) authorize(headers, authorization)
  const options = headers ? { ...own, headers } : own
  // The cache of Next.js 14 looks only at the request, so it would give one user's answers to another if the token was not
  // in it.
  const isPlatform = fetch === globalThis.fetch && !('__nextPatched' in fetch)
  // The platform's fetch gets the header separately. An error that shows the request then does not show the token. A
  // custom fetch gets the kind of input that came in, and its own URL object, which it can change.
  if (headers && (isPlatform || !(to instanceof Request)))
    return fetch(isPlatform || !(input instanceof URL) ? to : new URL(to as string), options)
  // A custom fetch can read only the request, or only its second argument, so the header is in both.
  const request = copy(to as Request, options, known)
  if (!headers) authorize(request.headers, authorization)
  const { body: _inRequest, ...rest } = { ...own, headers: request.headers }
  return fetch(request, rest)
}

/** Clones a request. A subclass can have a `clone` that returns something else. */
export const clone = (request: Request): Request => Request.prototype.clone.call(request)

/**
 * Copies a request, so that the headers can be changed. A clone is the cheapest copy. It keeps what one of both does not
 * read, so a body must be a text, which is in memory anyway.
 */
const copy = (to: Request, init: RequestInit | undefined, known: unknown): Request =>
  (to.body === null || typeof known === 'string') && Object.keys(init ?? {}).length === 0
    ? clone(to)
    : new Request(to, init)

function authorize(headers: Headers, authorization: string): void {
  try {
    headers.set('authorization', authorization)
  } catch {
    throw new TypeError(unsendable)
  }
}
