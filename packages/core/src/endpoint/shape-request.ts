import type { TokenRequestShape } from '../provider.ts'
import { spellingsOf } from '../spellings.ts'
import type { SentRequest } from './call-endpoint.ts'

/**
 * Shapes a token request as the provider wants it. A `GET` has its parameters in the query, which is added to the URL.
 *
 * @returns the members of the request's options that differ from those of a form.
 * @throws `TypeError` if the shape is not valid, or a secret would be part of the URL.
 */
export function shapeRequest(
  shape: TokenRequestShape,
  url: URL,
  { form, headers, clientSecret }: SentRequest,
): Pick<RequestInit, 'method' | 'body'> {
  if ('method' in shape && shape.method === 'GET' && !('body' in shape)) {
    const isSecret = (value: string) => clientSecret && spellingsOf(value).some((text) => text.includes(clientSecret))
    for (const [name, value] of form) {
      if (secretParameters.test(name) || (name !== 'client_id' && isSecret(value)))
        throw new TypeError(
          `tokenRequest: ${name} cannot be sent by GET, because URLs are logged: use headers for secrets`,
        )
      url.searchParams.append(name, value)
    }
    headers.delete('content-type')
    headers.set('cache-control', 'no-store')
    return { method: 'GET', body: null }
  }
  if ('body' in shape && shape.body === 'json' && !('method' in shape)) {
    headers.set('content-type', 'application/json')
    const members = [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name)
      return [name, values.length > 1 ? values : values[0]]
    })
    return { body: JSON.stringify(Object.fromEntries(members)) }
  }
  throw new TypeError("tokenRequest must be { method: 'GET' } or { body: 'json' }")
}

/** The parameters of RFC 6749, 7521, 7636, 8628 and 8693 that are secrets, and names like theirs, such as `clientSecret`. */
const secretParameters =
  /(secret|passw(or)?d|pwd|assertion|verifier|token|credentials?|signature|(^|_)(hint|jwt|otp|pin)|(api|access|private|secret)_?key)$|^(auth_|authorization_|device_|user_)?code$/i
