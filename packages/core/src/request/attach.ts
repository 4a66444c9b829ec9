import type { TokenEventDetails } from '../events.ts'
import { memberOf } from '../own.ts'
import { discard } from '../read-text.ts'
import { isAccessToken, type TokenSource } from '../token.ts'
import { abortable } from '../wait.ts'
import { nearest, type Chosen } from './candidate.ts'
import { prepareReplay } from './replay.ts'
import { send, unsendable, type Call } from './send.ts'
import { fixUrl, readTarget } from './target.ts'

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
  // A custom fetch gets a copy of a Request. That copies the headers, too.
  const isCopied = fetch !== globalThis.fetch && target instanceof Request
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
    const accessToken = memberOf(await abortable(getToken.call(source, options), signal), 'accessToken')
    if (isAccessToken(accessToken)) return `Bearer ${accessToken}`
    throw new TypeError(unsendable)
  }

  /**
   * Whether a response is from the API of the call. `undefined`: from another origin, which the header is not sent to
   * after a redirect. A response that a program made has no URL.
   */
  const isFromApi = (response: Response): boolean | undefined => {
    const { origin, href } = new URL(response.url ?? '', url)
    return origin === originOf(url) ? nearest(candidates, href) === chosen : undefined
  }

  const tellRedirected = (response: Response): Response => {
    if (response.redirected && isFromApi(response) === false) void tell(chosen, url, { type: 'redirected' })
    return response
  }

  const sendWith = (authorization: string): Promise<Response> =>
    send(call, target, headers, authorization).then((response) => {
      tellRedirected(response)
      let isRejected: boolean | Promise<boolean> = false
      try {
        isRejected = (memberOf(source, 'isRejected') ?? isUnauthorized).call(source, response)
      } catch {}
      if (isRejected === false) return notRejected(chosen, url, response, authorization)
      // Only a rejected call pays for this function.
      const replayIfRejected = async () => {
        if (!(await Promise.resolve(isRejected).catch(() => false)) || !isFromApi(response)) {
          return notRejected(chosen, url, response, authorization)
        }
        const renewed = await ask(authorization).catch((error: unknown) => {
          if (replay) {
            discard(response.body)
            throw error
          }
          signalOf()?.throwIfAborted()
          return authorization
        })
        // A call that cannot be sent again needs no new token, but the next call does.
        const isReplayed = replay !== undefined && renewed !== authorization
        void tell(chosen, url, { type: 'rejected', status: response.status, isReplayed })
        if (!isReplayed) return response
        discard(response.body)
        const own = new Headers(headers ?? request?.headers)
        // A form gets a new boundary each time it is sent.
        if (replay.body instanceof FormData) own.delete('content-type')
        return send(call, replay.target, own, renewed, replay.body).then(tellRedirected)
      }
      return replayIfRejected()
    })

  const ready = replay && memberOf(source, 'peek')?.call(source)
  const answered = typeof ready === 'string' ? sendWith(ready) : ask().then(sendWith)
  return replay?.discard ? answered.finally(replay.discard) : answered
}

const isUnauthorized = ({ status }: Response) => status === 401

/** Tells the sources that a call is sent without a token: the chosen one, or all of them if none was chosen. */
function tellSkipped(chosen: Chosen, { candidates }: Call, url: string): void {
  for (const one of chosen ? [chosen] : candidates) {
    const isInsecure = one?.isApi(url.replace(/^http:/, 'https:'))
    void tell(one, url, { type: 'skipped', why: chosen ? 'authorization' : isInsecure ? 'insecure' : 'elsewhere' })
  }
}

/**
 * Returns a response that does not reject the token. It can be about the token's length: by default, proxies accept 4 to
 * 16 kB of headers. They answer a longer request themselves, and not in JSON.
 */
function notRejected(chosen: Chosen, url: string, response: Response, { length }: string): Response {
  if (length <= 4000) return response
  const { status, headers } = response
  const isLikely = status === 431 || (status === 400 && !/\bjson\b/i.test(headers.get('content-type') ?? ''))
  if (isLikely) void tell(chosen, url, { type: 'oversized', status, length })
  return response
}

/** The events of a call, without its origin. */
type CallEvent<Event = TokenEventDetails> = Event extends { readonly origin: string } ? Omit<Event, 'origin'> : never

/**
 * Calls the handler of a source. It can be written by hand: an error that it throws, or rejects with, must not fail the
 * call. A URL that is not valid has no origin, and no event: `fetch` reports it.
 */
async function tell(chosen: Chosen, url: string, event: CallEvent): Promise<void> {
  try {
    const source = chosen?.source
    await (memberOf(source, 'onEvent')?.call(source, { ...event, origin: originOf(url) }) as unknown)
  } catch {}
}

const originOf = (url: string) => new URL(url).origin
