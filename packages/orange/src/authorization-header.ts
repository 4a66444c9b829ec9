/**
 * Reads client id and secret out of the header value that Orange's portal shows, with or without its leading `Basic `.
 *
 * @throws `TypeError` if it is malformed; the message does not show it.
 */
export function parseAuthorizationHeader(header: string): { clientId: string; clientSecret: string } {
  const base64 = String(header)
    .trim()
    .replace(/^basic\s+/i, '')
  try {
    const pair = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
    )
    const [, clientId, clientSecret] = /^([^:]+):(.+)$/s.exec(pair) ?? []
    if (clientId && clientSecret) return { clientId, clientSecret }
  } catch {
    // Not base64.
  }
  throw new TypeError('orange: authorizationHeader must be "Basic " and the base64 of id:secret, as in MyApps')
}
