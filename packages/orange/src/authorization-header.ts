/**
 * Reads the client id and the client secret from the header value that Orange's portal shows.
 *
 * The leading `Basic ` is optional.
 *
 * @throws `TypeError` if the value is malformed. The message does not show the value.
 */
export function parseAuthorizationHeader(header: string): { clientId: string; clientSecret: string } {
  try {
    const bytes = Uint8Array.from(atob(header.trim().replace(/^basic\s+/i, '')), (character) => character.charCodeAt(0))
    const pair = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const [, clientId, clientSecret] = /^([^:]+):(.+)$/s.exec(pair) ?? []
    if (clientId && clientSecret) return { clientId, clientSecret }
  } catch {
    // The value is not a string, not base64, or not UTF-8.
  }
  throw new TypeError('orange: authorizationHeader must be "Basic " and base64 of id:secret')
}
