import { discard } from '../read-text.ts'
import { isAccessToken, type TokenSource } from '../token.ts'
import { abortable } from '../wait.ts'
import type { IsApi } from './apis.ts'
import { prepareReplay, type Replay } from './replay.ts'
import { send, unsendable, type Call } from './send.ts'

/** A call that gets a token. */
type Outgoing = {
  readonly source: TokenSource
  readonly isApi: IsApi
  readonly call: Call
  /** The request, or its URL. */
  readonly target: RequestInfo
  readonly url: string
  /** The headers to send. If `undefined`, a custom `fetch` gets a copy of the request, which holds them. */
  readonly headers: Headers | undefined
}

const scheme = 'Bearer '

/**
 * Sends a request with a token of the source. If an API rejects that token, sends it a second time with a newer one.
 *
 * A request that is not for one of the source's APIs, or already has an `Authorization` header, is sent unchanged. A
 * call with a valid token waits only for its response.
 *
 * @throws {@link OAuthError} as a rejection, if the call cannot get a token. An invalid request throws at once.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1 RFC 6750 §2.1}
 */
export function attach(source: TokenSource, isApi: IsApi, call: Call): Promise<Response> {
  const { fetch, input, init } = call
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  // A URL object can change while the call waits for its token, so its text is copied now.
  const target = input instanceof URL ? input.href : input
  const url = input instanceof Request ? input.url : absolute(request?.url ?? (target as string))
  const isElsewhere = url === undefined || !isApi(url)
  const given = init?.headers ?? (fetch === globalThis.fetch ? (request?.headers ?? []) : undefined)
  const headers = isElsewhere ? undefined : given && new Headers(given)
  if (isElsewhere || (headers ?? request?.headers)?.has('authorization')) {
    if (url !== undefined) tellSkipped(source, isElsewhere ? 'elsewhere' : 'authorization', url, isApi)
    return fetch(input, init)
  }
  const outgoing = { source, isApi, call, target, url, headers }
  const authorization = source.peek?.()
  return authorization === undefined
    ? ask(outgoing).then((accessToken) => sendWith(outgoing, scheme + accessToken))
    : sendWith(outgoing, authorization)
}

function sendWith(outgoing: Outgoing, authorization: string): Promise<Response> {
  const { source, call, target, headers } = outgoing
  const replay = prepareReplay(target, call.body, call.mayBuffer)
  const answered = send(call, target, headers, authorization).then((response) => {
    const isRejected = source.isRejected ? source.isRejected(response) : response.status === 401
    if (isRejected !== false) return replayIfRejected(outgoing, replay, response, isRejected, authorization)
    tellOversized(source, response, authorization)
    return response
  })
  return replay?.discard ? answered.finally(replay.discard) : answered
}

/** Sends the request a second time if the API rejected its token and the source has a newer one. */
async function replayIfRejected(
  outgoing: Outgoing,
  replay: Replay | undefined,
  response: Response,
  isRejected: boolean | Promise<boolean>,
  authorization: string,
): Promise<Response> {
  const { source, isApi, call, url, headers, target } = outgoing
  const rejected = authorization.slice(scheme.length)
  // A redirect to another origin drops the header, so a rejection from there is not about the token.
  const isElsewhere = () => new URL(response.url).origin !== new URL(url).origin || !isApi(response.url)
  if (!(await isRejected) || (response.redirected && isElsewhere())) {
    tellOversized(source, response, authorization)
    return response
  }
  const renewal = ask(outgoing, rejected)
  const report = (isReplayed: boolean) => source.onEvent?.({ type: 'rejected', status: response.status, isReplayed })
  if (!replay) {
    report(false)
    // This call cannot be sent again. The renewal still runs, so that the next call succeeds.
    await renewal.catch(() => signalOf(outgoing)?.throwIfAborted())
    return response
  }
  const accessToken = await renewal.catch((error: unknown) => {
    discard(response.body)
    throw error
  })
  report(accessToken !== rejected)
  if (accessToken === rejected) return response
  discard(response.body)
  const body = replay.body?.()
  let own = headers
  if (body instanceof FormData) {
    // A form gets a new boundary each time it is sent.
    own = new Headers(headers ?? (target as Request).headers)
    own.delete('content-type')
  }
  return send(call, replay.target, own, scheme + accessToken, body)
}

/** Asks the source for a token. A source written by hand can ignore the signal, and can return any value. */
async function ask(outgoing: Outgoing, rejected?: string): Promise<string> {
  const signal = signalOf(outgoing)
  const token = await abortable(outgoing.source.getToken({ rejected, signal }), signal)
  if (isAccessToken(token?.accessToken)) return token.accessToken
  throw new TypeError(unsendable)
}

const signalOf = ({ call: { init }, target }: Outgoing): AbortSignal | undefined =>
  init?.signal ?? (target as Partial<Request>).signal

function tellSkipped(source: TokenSource, why: 'elsewhere' | 'authorization', url: string, isApi: IsApi): void {
  if (!source.onEvent) return
  const isInsecure = why === 'elsewhere' && isApi(url.replace(/^http:/, 'https:'))
  source.onEvent({ type: 'skipped', why: isInsecure ? 'insecure' : why, origin: new URL(url).origin })
}

/** By default, proxies accept 4 to 16 kB of headers. They answer a longer request themselves, and not in JSON. */
function tellOversized(source: TokenSource, { status, headers }: Response, { length }: string): void {
  if (length <= 4000 || !source.onEvent) return
  const isLikely = status === 431 || (status === 400 && !/\bjson\b/i.test(headers.get('content-type') ?? ''))
  if (isLikely) source.onEvent({ type: 'oversized', status, length })
}

/** Returns a URL as the platform writes it, or `undefined` if it is not valid: `fetch` then reports the error. */
function absolute(text: string): string | undefined {
  const base = globalThis.location?.href
  return URL.canParse(text, base) ? new URL(text, base).href : undefined
}
