/**
 * Reads client id and secret out of the header value that Orange's portal shows, with or without its leading `Basic `.
 *
 * @throws `TypeError` if it is malformed; the message does not show it.
 */
export function parseAuthorizationHeader(header: string): { clientId: string; clientSecret: string } {
  try {
    const bytes = Uint8Array.from(atob(header.trim().replace(/^basic\s+/i, '')), (character) => character.charCodeAt(0))
    const pair = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const [, clientId, clientSecret] = /^([^:]+):(.+)$/s.exec(pair) ?? []
    if (clientId && clientSecret) return { clientId, clientSecret }
  } catch {
    // No text, not base64, or not UTF-8.
  }
  throw new TypeError('orange: authorizationHeader must be "Basic " and base64 of id:secret')
}
