import { prepareReplay } from './replay.ts'
import { isApi } from './apis.ts'
import { isAccessToken, type Token, type TokenSource } from '../token.ts'
import { abortable } from '../wait.ts'

/** One call of a `fetch`. */
export type Call = {
  readonly fetch: typeof globalThis.fetch
  readonly input: RequestInfo | URL
  readonly init: RequestInit | undefined
  /** The body as it was given, or a function that makes it. */
  readonly body: BodyInit | (() => BodyInit) | null | undefined
  /** Whether a body that only the request has may be buffered, so that it can be sent once more. */
  readonly mayBuffer: boolean
}

const scheme = 'Bearer '

const unsendable = 'the token source gave a token whose accessToken is missing, or cannot be sent in a header'

/**
 * Sends a request with a token of the source, and once more with a newer one if that token is refused.
 *
 * A request that is not for one of the source's APIs, or has an `Authorization` header already, passes untouched.
 *
 * @throws {@link OAuthError} if there is no token to be had.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1 RFC 6750 §2.1}
 */
export async function attach(source: TokenSource, { fetch, input, init, body, mayBuffer }: Call): Promise<Response> {
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  // A URL object may be changed while this call waits for its token: what is checked is what is sent to.
  const target = input instanceof URL ? input.href : input
  const url = input instanceof Request ? input.url : absolute(request?.url ?? (target as string))
  const headers = new Headers(init?.headers ?? request?.headers)
  if (url === undefined || !isApi(url, source)) {
    skip(source, 'elsewhere', url)
    return fetch(input, init)
  }
  if (headers.has('authorization')) {
    skip(source, 'authorization', url)
    return fetch(input, init)
  }

  const send = (to: RequestInfo, accessToken: string, rebuilt?: BodyInit): Promise<Response> => {
    try {
      headers.set('authorization', scheme + accessToken)
    } catch {
      // Its message would show the token.
      throw new TypeError(unsendable)
    }
    const own: RequestInit = rebuilt === undefined ? { ...init, headers } : { ...init, headers, body: rebuilt }
    // The platform's fetch takes the header beside the request, so that no error that shows the request shows the token.
    if (fetch === globalThis.fetch) return fetch(to, own)
    // Other fetches may look at nothing but the request; those that pass on both find the same in each.
    const complete = new Request(to, own)
    const { body: _inRequest, ...beside } = { ...init, headers: complete.headers }
    return fetch(complete, beside)
  }

  const signal = init?.signal ?? request?.signal ?? undefined
  const replay = prepareReplay(target, body, mayBuffer)
  try {
    // A source written by hand may not heed the signal.
    const ask = (rejected?: string) => abortable(source.getToken({ rejected, signal }), signal).then(sendable)
    const rejected = source.peek?.()?.slice(scheme.length) ?? (await ask())
    const response = await send(target, rejected)
    if (!(await isRefused(source, response, url))) {
      tellIfOversized(source, response, scheme.length + rejected.length)
      return response
    }
    const renewal = ask(rejected)
    const told = (isReplayed: boolean) => source.onEvent?.({ type: 'rejected', status: response.status, isReplayed })
    if (!replay) {
      told(false)
      // This call fails all the same, but the next one finds a better token.
      await renewal.catch(() => signal?.throwIfAborted())
      return response
    }
    const accessToken = await renewal.catch((error: unknown) => {
      discard(response)
      throw error
    })
    told(accessToken !== rejected)
    if (accessToken === rejected) return response
    discard(response)
    const rebuilt = replay.body?.()
    // A form makes a new boundary each time that it is sent.
    if (rebuilt instanceof FormData) headers.delete('content-type')
    return await send(replay.target, accessToken, rebuilt)
  } finally {
    replay?.discard?.()
  }
}

/** A source written by hand may give anything; what the headers would say of it would show it. */
function sendable(token: Token | undefined): string {
  if (isAccessToken(token?.accessToken)) return token.accessToken
  throw new TypeError(unsendable)
}

function skip(source: TokenSource, why: 'elsewhere' | 'authorization', url: string | undefined): void {
  if (!source.onEvent || url === undefined) return
  const isInsecure = why === 'elsewhere' && isApi(url.replace(/^http:/, 'https:'), source)
  source.onEvent({ type: 'skipped', why: isInsecure ? 'insecure' : why, origin: new URL(url).origin })
}

/** What proxies take by default is 4 to 16 kB for all headers; beyond, they answer by themselves, and not in JSON. */
function tellIfOversized(source: TokenSource, { status, headers }: Response, length: number): void {
  const isLikely = status === 431 || (status === 400 && !/\bjson\b/i.test(headers.get('content-type') ?? ''))
  if (isLikely && length > 4000) source.onEvent?.({ type: 'oversized', status, length })
}

/** Frees the connection of a response that nobody will read. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => {})
}

async function isRefused(source: TokenSource, response: Response, url: string): Promise<boolean> {
  const isRejected = source.isRejected ? await source.isRejected(response) : response.status === 401
  // The header does not follow a redirect to another origin, so a refusal from there is not about the token.
  return isRejected && !(response.redirected && !isSameApi(response.url, url, source))
}

const isSameApi = (url: string, other: string, source: TokenSource) =>
  new URL(url).origin === new URL(other).origin && isApi(url, source)

/** A URL as the platform writes it; `undefined` where it is none, which is for `fetch` to say. */
function absolute(text: string): string | undefined {
  const base = globalThis.location?.href
  return URL.canParse(text, base) ? new URL(text, base).href : undefined
}
