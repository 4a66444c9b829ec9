import type { ClientAuth, ClientAuthRequest } from '../provider.ts'

/**
 * Sends the client's id and secret in the `Authorization` header. Both are form-encoded first, as the standard
 * requires.
 *
 * @throws `TypeError` if there is no client secret.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1 RFC 6749 §2.3.1}
 * @group Client authentication
 */
export const clientSecretBasic: ClientAuth = (request) => {
  const secret = secretOf(request, 'clientSecretBasic')
  request.headers.set('authorization', basic(formEncode(request.clientId), formEncode(secret)))
}

/**
 * Sends the client's id and secret in the `Authorization` header without form encoding, as many servers expect.
 *
 * @throws `TypeError` if there is no client secret, or if the id contains a colon, which cannot be sent in this way.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7617.html#section-2 RFC 7617 §2}
 * @group Client authentication
 */
export const plainBasic: ClientAuth = (request) => {
  const secret = secretOf(request, 'plainBasic')
  if (request.clientId.includes(':')) throw new TypeError('plainBasic cannot send a client id with a colon in it')
  request.headers.set('authorization', basic(request.clientId, secret))
}

/**
 * Sends the client's id and secret in the form.
 *
 * @throws `TypeError` if there is no client secret.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1 RFC 6749 §2.3.1}
 * @group Client authentication
 */
export const clientSecretPost: ClientAuth = (request) => {
  request.form.set('client_id', request.clientId)
  request.form.set('client_secret', secretOf(request, 'clientSecretPost'))
}

/**
 * Sends only the client's id, in the form. This is for a public client, which has no secret.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-3.2.1 RFC 6749 §3.2.1}
 * @group Client authentication
 */
export const none: ClientAuth = (request) => {
  request.form.set('client_id', request.clientId)
}

/**
 * Whether a client authentication needs a client secret.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, none } from '@oauthkit/core'
 * import { needsClientSecret } from '@oauthkit/core/plugin'
 *
 * console.log(needsClientSecret(clientSecretBasic), needsClientSecret(none)) // true false
 * ```
 */
export const needsClientSecret = (clientAuth: ClientAuth): boolean =>
  [clientSecretBasic, plainBasic, clientSecretPost].includes(clientAuth)

function secretOf({ clientSecret }: ClientAuthRequest, method: string): string {
  if (!clientSecret) throw new TypeError(`${method} needs a clientSecret`)
  return clientSecret
}

const basic = (id: string, secret: string) => {
  // btoa treats each character as one byte.
  const bytes = new TextEncoder().encode(`${id}:${secret}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

/** Form-encodes a single value as URLSearchParams does, and removes the key. */
const formEncode = (value: string): string => new URLSearchParams({ '': value }).toString().slice(1)
