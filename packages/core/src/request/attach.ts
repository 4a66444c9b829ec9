import { loadAfterRejection } from '../load-after-rejection.ts'
import { oauthError } from '../errors.ts'
import { memberOf } from '../members.ts'
import { isAccessToken, type TokenSource } from '../token.ts'
import { abortable } from '../wait.ts'
import { nearest, type Chosen } from './candidate.ts'
import type { Sent } from './handle-unusual.ts'
import { prepareReplay } from './replay.ts'
import { send, unsendable, type Call } from './send.ts'
import { fixUrl, readTarget } from './target.ts'
import { tell } from './tell.ts'

/** By default, proxies accept headers of 4 to 16 kB. */
const longestUsual = 4000

/**
 * Sends a request with a token of the nearest source. If an API rejects that token, sends it a second time with a newer
 * one.
 *
 * A request that is not for an API of one of the sources, or already has an `Authorization` header, is sent unchanged. A
 * call with a valid token waits only for its response.
 *
 * @throws {@link OAuthError} as a rejection, if the nearest source has no token. An invalid request throws at once.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1 RFC 6750 §2.1}
 */
export function attach(call: Call): Promise<Response> {
  const { candidates, fetch, input, init } = call
  const [target, url] = readTarget(input)
  const request = typeof target === 'object' ? target : undefined
  const chosen = nearest(candidates, url)
  const add = chosen && memberOf(chosen.source, 'headers')
  // A custom fetch gets a copy of a Request. That copies the headers, too.
  const isCopied = !add && fetch !== globalThis.fetch && target instanceof Request
  const given = memberOf(init, 'headers') ?? (isCopied ? undefined : (request?.headers ?? []))
  const headers = chosen && given && new Headers(given)
  if (!chosen || (headers ?? request?.headers)?.has('authorization')) {
    tellSkipped(chosen, call, url)
    return fetch(input, init)
  }
  if (request) fixUrl(request, url)
  const { source } = chosen
  const replay = prepareReplay(target, call)
  const signalOf = () => memberOf(init, 'signal') ?? request?.signal

  /**
   * Asks the source for a token, and returns the complete header value. A source written by hand can ignore the signal,
   * and can return any value.
   *
   * A call whose body can be sent only once cannot be sent again, so its token must last for five seconds.
   */
  const ask = async (rejected?: string): Promise<string> => {
    const signal = signalOf()
    const options = { rejected: rejected?.slice('Bearer '.length), validForMs: replay ? undefined : 5000, signal }
    const getToken = memberOf(source, 'getToken') as TokenSource['getToken']
    const token = await abortable(getToken.call(source, options), signal)
    const accessToken = memberOf(token, 'accessToken')
    sent.token = token
    if (isAccessToken(accessToken)) return `Bearer ${accessToken}`
    throw new TypeError(unsendable)
  }

  const own = headers ?? request?.headers
  const sent: Sent = { call, chosen, url, headers: own, replay, ask, signalOf, add, token: undefined }
  const sendWith = async (authorization: string): Promise<Response> => {
    const response = await (add ? sendMore(sent, authorization) : send(call, target, headers, authorization))
    const isRejected = judge(source, response)
    const isLong = authorization.length > longestUsual && response.status >= 400
    if (isRejected === false && !response.redirected && !isLong) return response
    const part = await loadAfterRejection()
    return part ? part.handleUnusual(sent, response, isRejected, authorization) : response
  }

  const ready = replay && !add && memberOf(source, 'peek')?.call(source)
  const answered = typeof ready === 'string' ? sendWith(ready) : ask().then(sendWith)
  return replay?.discard ? answered.finally(replay.discard) : answered
}

/** Sends a call whose source adds headers. Without the code for that, it is not sent: the API needs these headers. */
async function sendMore(sent: Sent, authorization: string): Promise<Response> {
  const part = await loadAfterRejection()
  if (part) return part.sendWithHeaders(sent, sent.call.input, authorization)
  const what = 'the part of @oauthkit/core that adds headers could not be loaded: try again later'
  throw oauthError(memberOf(sent.chosen.source, 'name') ?? 'the token source', 'TOKEN_UNAVAILABLE', what)
}

/** Asks the source whether a response rejects its token. If that fails, the caller gets the response unchanged. */
function judge(source: TokenSource, response: Response): boolean | Promise<boolean> {
  try {
    return (memberOf(source, 'isRejected') ?? isUnauthorized).call(source, response)
  } catch {
    return false
  }
}

const isUnauthorized = ({ status }: Response) => status === 401

/** Tells the sources that a call is sent without a token: the chosen one, or all of them if none was chosen. */
function tellSkipped(chosen: Chosen, { candidates }: Call, url: string): void {
  for (const one of chosen ? [chosen] : candidates) {
    const isInsecure = one?.isApi(url.replace(/^http:/, 'https:'))
    void tell(one, url, { type: 'skipped', why: chosen ? 'authorization' : isInsecure ? 'insecure' : 'elsewhere' })
  }
}
