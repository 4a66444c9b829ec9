/**
 * Reads client id and secret out of the header value that Orange's portal shows, with or without its leading `Basic `.
 *
 * @throws `TypeError` if it is malformed; the message does not show it.
 */
export function parseAuthorizationHeader(header: string): { clientId: string; clientSecret: string } {
  const [, clientId, clientSecret] = /^([^:]+):(.+)$/s.exec(decode(header.trim().replace(/^basic\s+/i, ''))) ?? []
  if (!clientId || !clientSecret) {
    throw new TypeError('orange: authorizationHeader must be "Basic " and the base64 of id:secret, as MyApps shows it')
  }
  return { clientId, clientSecret }
}

function decode(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
  } catch {
    return ''
  }
}
