import { base64url } from 'jose'

/** Makes an unpredictable string of `bytes` random bytes, in base64url: safe in a header and in a URL. */
export function randomText(bytes: number): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
}

/** Makes a string that looks like an RS256 JWT, for clients that treat it as opaque. Its signature is random. */
export function randomJwt(header: object, payload: object): string {
  // The signature of a 2048-bit RSA key has 256 bytes.
  return [...[header, payload].map((part) => base64url.encode(JSON.stringify(part))), randomText(256)].join('.')
}
