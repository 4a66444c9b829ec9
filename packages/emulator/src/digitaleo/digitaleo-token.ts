import { base64url } from 'jose'
import { randomText } from '../random-text.ts'

/** How long the signature by a 2048-bit RSA key is in base64, in characters. */
const SIGNATURE_LENGTH = 342

/** Makes a token of so many characters, 500 at least: what looks like an RS256 JWT whose payload begins with `id`. */
export function makeDigitaleoToken(length: number): string {
  const header = base64url.encode(JSON.stringify({ typ: 'JWT', alg: 'RS256' }))
  const id = crypto.randomUUID().replaceAll('-', '')
  const encodePayload = (fill: string) => base64url.encode(JSON.stringify({ id, fill }))

  const room = length - header.length - encodePayload('').length - SIGNATURE_LENGTH - 2
  // Four characters of base64 hold three bytes.
  const bytes = Math.floor((room * 3) / 4) - 1
  const unsigned = `${header}.${encodePayload(randomText(bytes).slice(0, bytes))}.`
  // Random, and a few characters longer than a real one, since not every length can be had by the payload alone.
  return unsigned + randomText(SIGNATURE_LENGTH).slice(0, length - unsigned.length)
}
