import { base64url } from 'jose'
import { randomText } from './random-text.ts'

/** Makes what looks like an RS256 JWT, with a signature that is random: it is for those who only pass it on. */
export function randomJwt(header: object, payload: object): string {
  // As many bytes as the signature of a 2048-bit RSA key has.
  return [...[header, payload].map((part) => base64url.encode(JSON.stringify(part))), randomText(256)].join('.')
}
