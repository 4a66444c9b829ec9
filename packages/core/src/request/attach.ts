import { loadAfterRejection } from '../load-after-rejection.ts'
import { oauthError } from '../errors.ts'
import { memberOf } from '../members.ts'
import type { TokenSource } from '../token.ts'
import { ask } from './ask.ts'
import { nearest, type Chosen } from './candidate.ts'
import { prepareReplay } from './replay.ts'
import { send, type Call } from './send.ts'
import type { Sent } from './sent.ts'
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
  const own = chosen && (headers ?? request?.headers)
  if (!chosen || own?.has('authorization')) {
    tellSkipped(chosen, call, url)
    return fetch(input, init)
  }
  if (request) fixUrl(request, url)
  const replay = prepareReplay(target, call)
  const sent: Sent = { call, chosen, url, target, own, headers, replay, add, token: undefined }
  const ready = replay && !add && memberOf(chosen.source, 'peek')?.call(chosen.source)
  const answered =
    typeof ready === 'string' ? sendWith(sent, ready) : ask(sent).then((authorization) => sendWith(sent, authorization))
  return replay?.discard ? answered.finally(replay.discard) : answered
}

/** Sends a call with a token. If the response is unusual, loads the code that handles it. */
async function sendWith(sent: Sent, authorization: string): Promise<Response> {
  const { call, chosen, target, headers, add } = sent
  const response = await (add ? sendMore(sent, authorization) : send(call, target, headers, authorization))
  const isRejected = judge(chosen.source, response)
  const isLong = authorization.length > longestUsual && response.status >= 400
  if (isRejected === false && !response.redirected && !isLong) return response
  const part = await loadAfterRejection()
  return part ? part.handleUnusual(sent, response, isRejected, authorization) : response
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
