import { memberOf } from '../members.ts'
import { discard } from '../read-text.ts'
import { abortable } from '../wait.ts'
import { nearest } from './candidate.ts'
import { send } from './send.ts'
import { signalOf, type Sent } from './sent.ts'
import { originOf } from './tell.ts'

/**
 * Sends a request with a token, and with the headers that its source adds.
 *
 * `fetch` removes only `Authorization` before it follows a redirect to another origin. So redirects are followed here, and
 * only to an API of the same source, by requests without a body.
 *
 * @param to - the request, or its URL.
 * @param body - the body, if `to` does not hold it any more.
 * @throws `TypeError` if the headers are not valid, or the API redirects to another place.
 */
export async function sendWithHeaders(
  sent: Sent,
  to: RequestInfo | URL,
  authorization: string,
  body?: BodyInit,
): Promise<Response> {
  const { call, chosen, add } = sent
  const { init } = call
  const name = memberOf(chosen.source, 'name') ?? 'the token source'
  const given = typeof to === 'object' && !(to instanceof URL) ? to : undefined
  const method = (memberOf(init, 'method') ?? given?.method ?? 'GET').toUpperCase()
  const wanted = memberOf(init, 'redirect') ?? given?.redirect ?? 'follow'
  const redirect = wanted === 'follow' ? 'manual' : wanted

  let url = sent.url
  let target: RequestInfo = given ?? url
  let own: RequestInit = { ...init, redirect }
  for (let count = 0; ; count += 1) {
    const headers = new Headers(sent.own)
    // A form gets a new boundary each time it is sent.
    if (body instanceof FormData) headers.delete('content-type')
    // Node removes these, too, before it follows a redirect to another origin.
    if (originOf(url) !== originOf(sent.url)) for (const header of ofOneOrigin) headers.delete(header)
    const added = add?.call(chosen.source, { token: sent.token ?? { accessToken: '' }, method, url })
    addTo(headers, await abortable(Promise.resolve(added), signalOf(sent)), name)
    const response = await send({ ...call, input: target, init: own }, target, headers, authorization, body)
    if (wanted !== 'follow' || !isRedirect(response)) return response
    discard(response.body)
    const next = nextOf(response, url)
    const isFollowed = next !== undefined && nearest(call.candidates, next) === chosen && /^(GET|HEAD)$/.test(method)
    if (!isFollowed || count === 20) {
      const where = next === undefined ? '' : ` to ${originOf(next)}`
      throw new TypeError(
        `${name}: the API redirects${where}, and the headers of headers() are not sent there: call the new URL, or set redirect: 'manual'`,
      )
    }
    url = next
    target = next
    own = { ...own, method, signal: signalOf(sent) ?? null }
  }
}

/** Adds headers, but none that the caller has set. */
function addTo(headers: Headers, added: HeadersInit | undefined, name: string): void {
  let more: Headers
  try {
    const pairs = Symbol.iterator in Object(added) ? [...(added as Iterable<unknown[]>)] : Object.entries(added ?? {})
    // The platform would send the text 'undefined', such as for a variable of the environment that is missing.
    if (!pairs.every(([, value]) => typeof value === 'string')) throw new TypeError('no text')
    more = new Headers(added)
  } catch {
    // The platform's message would show the value.
    throw new TypeError(`${name}: headers() returned a name or a value that no header can have`)
  }
  if (more.has('authorization'))
    throw new TypeError(`${name}: headers() must not return Authorization, which has the token`)
  for (const [header, value] of more) {
    if (!headers.has(header)) headers.set(header, value)
  }
}

/** The headers of the caller that are for the origin of the call only. */
const ofOneOrigin = ['cookie', 'host', 'proxy-authorization']

const isRedirect = ({ type, status }: Response) =>
  type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status)

/** Returns where a response redirects to. `undefined` if it does not say, as in browsers. */
function nextOf({ headers }: Response, url: string): string | undefined {
  const location = headers.get('location')
  return location !== null && URL.canParse(location, url) ? new URL(location, url).href : undefined
}
