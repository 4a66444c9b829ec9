/** One call of a `fetch`. */
export type Call = {
  readonly fetch: typeof globalThis.fetch
  readonly input: RequestInfo | URL
  readonly init: RequestInit | undefined
  /** The body as it was given, or a function that makes it. */
  readonly body: BodyInit | (() => BodyInit) | null | undefined
  /** Whether a body that is only in the Request object may be buffered, so that it can be sent once more. */
  readonly mayBuffer: boolean
}

/** Our message for a token that cannot be sent. The platform's own message would show the token. */
export const unsendable = 'the token source gave a token whose accessToken is missing, or cannot be sent in a header'

/**
 * Sends a request with a token.
 *
 * @param to - the request, or its URL.
 * @param headers - the request's headers, which may be changed; absent: `to` has them.
 * @param authorization - the finished header value.
 * @param body - the body, where it had to be made again.
 */
export async function send(
  { fetch, init }: Call,
  to: RequestInfo,
  headers: Headers | undefined,
  authorization: string,
  body?: BodyInit,
): Promise<Response> {
  const own = body === undefined ? init : { ...init, body }
  // Set before a Request is made: Bun takes empty headers for none.
  if (headers) authorize(headers, authorization)
  // The platform's fetch takes the header beside the request, so that no error that shows the request shows the token.
  if (fetch === globalThis.fetch && headers) return fetch(to, { ...own, headers })
  // A custom fetch may read only the request, or only its second argument: the header is in both.
  const request = headers ? new Request(to, { ...own, headers }) : copy(to, own)
  if (!headers) authorize(request.headers, authorization)
  const { body: _inRequest, ...beside } = { ...own, headers: request.headers }
  return fetch(request, beside)
}

/** A copy of a request whose headers may be changed. Where there is no body, a clone is the cheapest. */
const copy = (to: RequestInfo, init: RequestInit | undefined): Request =>
  typeof to === 'object' && to.body === null && Object.keys(init ?? {}).length === 0
    ? to.clone()
    : new Request(to, init)

function authorize(headers: Headers, authorization: string): void {
  try {
    headers.set('authorization', authorization)
  } catch {
    throw new TypeError(unsendable)
  }
}
