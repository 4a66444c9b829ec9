import type { ClientAuth, ClientAuthRequest } from '../provider.ts'

/**
 * Id and secret in the `Authorization` header, each form-encoded first, as the standard has it.
 *
 * @throws `TypeError` if there is no client secret.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1 RFC 6749 §2.3.1}
 */
export const clientSecretBasic: ClientAuth = (request) => {
  const secret = secretOf(request, 'clientSecretBasic')
  request.headers.set('authorization', basic(formEncode(request.clientId), formEncode(secret)))
}

/**
 * Id and secret in the `Authorization` header as they are, as many servers have it.
 *
 * @throws `TypeError` if there is no client secret, or if the id holds a colon, which this way cannot express.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7617.html#section-2 RFC 7617 §2}
 */
export const plainBasic: ClientAuth = (request) => {
  const secret = secretOf(request, 'plainBasic')
  if (request.clientId.includes(':')) throw new TypeError('plainBasic cannot send a client id with a colon in it')
  request.headers.set('authorization', basic(request.clientId, secret))
}

/**
 * Id and secret in the form.
 *
 * @throws `TypeError` if there is no client secret.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1 RFC 6749 §2.3.1}
 */
export const clientSecretPost: ClientAuth = (request) => {
  request.form.set('client_id', request.clientId)
  request.form.set('client_secret', secretOf(request, 'clientSecretPost'))
}

/**
 * A public client, which has no secret: only the id, in the form.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-3.2.1 RFC 6749 §3.2.1}
 */
export const none: ClientAuth = (request) => {
  request.form.set('client_id', request.clientId)
}

/** Whether a client authentication needs a client secret. */
export const needsClientSecret = (clientAuth: ClientAuth): boolean =>
  [clientSecretBasic, plainBasic, clientSecretPost].includes(clientAuth)

function secretOf({ clientSecret }: ClientAuthRequest, method: string): string {
  if (!clientSecret) throw new TypeError(`${method} needs a clientSecret`)
  return clientSecret
}

const basic = (id: string, secret: string) => {
  // btoa takes one character for one byte.
  const bytes = new TextEncoder().encode(`${id}:${secret}`)
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
}

/** The form encoding of a single value: what URLSearchParams makes of it, without the key. */
export const formEncode = (value: string): string => new URLSearchParams({ '': value }).toString().slice(1)
