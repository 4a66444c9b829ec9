import type { TokenEventDetails } from '../events.ts'
import { discard } from '../read-text.ts'
import { isAccessToken } from '../token.ts'
import { abortable } from '../wait.ts'
import { nearest, type Chosen } from './candidate.ts'
import { prepareReplay } from './replay.ts'
import { send, unsendable, type Call } from './send.ts'

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
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  const isRequest = input instanceof Request
  // A URL object can change while the call waits for its token, so its text is copied now.
  const target = input instanceof URL ? input.href : input
  const url = isRequest ? input.url : absolute(request?.url ?? (target as string))
  const chosen = nearest(candidates, url)
  // A custom fetch gets a copy of a Request. That copies the headers, too.
  const given = init?.headers ?? (isRequest && fetch !== globalThis.fetch ? undefined : (request?.headers ?? []))
  const headers = chosen && given && new Headers(given)
  if (!chosen || (headers ?? request?.headers)?.has('authorization')) {
    tellSkipped(chosen, call, url)
    return fetch(input, init)
  }
  const { source } = chosen
  const replay = prepareReplay(target, call)

  /**
   * Asks the source for a token, and returns the complete header value. A source written by hand can ignore the signal,
   * and can return any value.
   *
   * A call whose body can be sent only once cannot be sent again, so its token must last for five seconds.
   */
  const ask = async (rejected?: string): Promise<string> => {
    const signal = init?.signal ?? request?.signal
    const options = { rejected: rejected?.slice('Bearer '.length), validForMs: replay ? undefined : 5000, signal }
    const token = await abortable(source.getToken(options), signal)
    if (isAccessToken(token?.accessToken)) return `Bearer ${token.accessToken}`
    throw new TypeError(unsendable)
  }

  const sendWith = (authorization: string): Promise<Response> =>
    send(call, target, headers, authorization).then((response) => {
      const isRejected = source.isRejected ? source.isRejected(response) : response.status === 401
      if (isRejected === false) return notRejected(chosen, url, response, authorization)
      // Only a rejected call pays for this function.
      const replayIfRejected = async () => {
        // A redirect to another origin drops the header, so a rejection from there is not about the token.
        const isElsewhere = () =>
          originOf(response.url) !== originOf(url) || nearest(candidates, response.url) !== chosen
        if (!(await isRejected) || (response.redirected && isElsewhere())) {
          return notRejected(chosen, url, response, authorization)
        }
        const renewed = await ask(authorization).catch((error: unknown) => {
          if (replay) {
            discard(response.body)
            throw error
          }
          ;(init?.signal ?? request?.signal)?.throwIfAborted()
          return authorization
        })
        // A call that cannot be sent again needs no new token, but the next call does.
        const isReplayed = replay !== undefined && renewed !== authorization
        tell(chosen, url, { type: 'rejected', status: response.status, isReplayed })
        if (!isReplayed) return response
        discard(response.body)
        const own = new Headers(headers ?? request?.headers)
        // A form gets a new boundary each time it is sent.
        if (replay.body instanceof FormData) own.delete('content-type')
        return send(call, replay.target, own, renewed, replay.body)
      }
      return replayIfRejected()
    })

  const ready = replay && source.peek?.()
  const answered = ready === undefined ? ask().then(sendWith) : sendWith(ready)
  return replay?.discard ? answered.finally(replay.discard) : answered
}

/** Tells the sources that a call is sent without a token: the chosen one, or all of them if none was chosen. */
function tellSkipped(chosen: Chosen, { candidates }: Call, url: string): void {
  for (const one of chosen ? [chosen] : candidates) {
    const isInsecure = one?.isApi(url.replace(/^http:/, 'https:'))
    tell(one, url, { type: 'skipped', why: chosen ? 'authorization' : isInsecure ? 'insecure' : 'elsewhere' })
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
  if (isLikely) tell(chosen, url, { type: 'oversized', status, length })
  return response
}

/** The events of a call, without its origin. */
type CallEvent<Event = TokenEventDetails> = Event extends { readonly origin: string } ? Omit<Event, 'origin'> : never

/**
 * Calls the handler of a source. It can be written by hand, and an error that it throws must not fail the call. A URL that
 * is not valid has no origin, and no event: `fetch` reports it.
 */
function tell(chosen: Chosen, url: string, event: CallEvent): void {
  try {
    chosen?.source.onEvent?.({ ...event, origin: originOf(url) })
  } catch {}
}

const originOf = (url: string) => new URL(url).origin

/** Returns a URL as the platform writes it, or an empty text if it is not valid: `fetch` then reports the error. */
function absolute(text: string): string {
  const base = globalThis.location?.href
  return URL.canParse(text, base) ? new URL(text, base).href : ''
}
