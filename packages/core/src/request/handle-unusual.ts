import { discard } from '../read-text.ts'
import { ask } from './ask.ts'
import { nearest } from './candidate.ts'
import { sendWithHeaders } from './send-with-headers.ts'
import { send } from './send.ts'
import { signalOf, type Sent } from './sent.ts'
import { originOf, tell } from './tell.ts'

/**
 * Handles a response that may reject the token, that comes after a redirect, or that a too long token may have caused. If
 * the API rejected the token, sends the call a second time with a newer one. Most calls do not need this code.
 *
 * @param isRejected - what the source says about the response.
 * @param authorization - the header value that the API got.
 */
export async function handleUnusual(
  sent: Sent,
  response: Response,
  isRejected: boolean | Promise<boolean>,
  authorization: string,
): Promise<Response> {
  const { chosen, url, replay } = sent
  tellRedirected(sent, response)
  if (!(await Promise.resolve(isRejected).catch(() => false)) || !isFromApi(sent, response)) {
    tellOversized(sent, response, authorization)
    return response
  }
  const renewed = await ask(sent, authorization).catch((error: unknown) => {
    if (replay) {
      discard(response.body)
      throw error
    }
    signalOf(sent)?.throwIfAborted()
    return authorization
  })
  // A call that cannot be sent again needs no new token, but the next call does.
  const isReplayed = replay !== undefined && renewed !== authorization
  void tell(chosen, url, { type: 'rejected', status: response.status, isReplayed })
  if (!isReplayed) return response
  discard(response.body)
  const answer = await (sent.add ? sendWithHeaders : sendAgain)(sent, replay.target, renewed, replay.body)
  tellRedirected(sent, answer)
  return answer
}

function sendAgain(sent: Sent, to: RequestInfo, authorization: string, body?: BodyInit) {
  const headers = new Headers(sent.own)
  // A form gets a new boundary each time it is sent.
  if (body instanceof FormData) headers.delete('content-type')
  return send(sent.call, to, headers, authorization, body)
}

/**
 * Whether a response is from the API of the call. `undefined`: from another origin, which the header is not sent to after
 * a redirect. A response that a program made has no URL.
 */
function isFromApi({ call, chosen, url, add }: Sent, response: Response): boolean | undefined {
  const { origin, href } = new URL(response.url ?? '', url)
  // With headers of the source, each request along a redirect has the token.
  const hasToken = origin === originOf(url) || (add !== undefined && !response.redirected)
  return hasToken ? nearest(call.candidates, href) === chosen : undefined
}

function tellRedirected(sent: Sent, response: Response): void {
  if (response.redirected && isFromApi(sent, response) === false)
    void tell(sent.chosen, sent.url, { type: 'redirected' })
}

/** The token may be too long for a proxy. Proxies answer such a request themselves, and not in JSON. */
function tellOversized({ chosen, url }: Sent, { status, headers }: Response, { length }: string): void {
  if (length <= 4000) return
  const isLikely = status === 431 || (status === 400 && !/\bjson\b/i.test(headers.get('content-type') ?? ''))
  if (isLikely) void tell(chosen, url, { type: 'oversized', status, length })
}
