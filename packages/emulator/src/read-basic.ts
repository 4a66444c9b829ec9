import type { Credentials } from './emulated-provider.ts'

/**
 * Reads the credentials after the word `Basic`; `undefined` if it is not base64 of `id:secret`.
 *
 * Nothing is percent-decoded. RFC 6749 §2.3.1 would have it so, providers that show plain base64 do not.
 */
export function readBasic(value: string): Credentials | undefined {
  // atob alone would forgive blanks, and with them `Basic Basic …`
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined
  try {
    const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const colon = text.indexOf(':')
    if (colon === -1) return undefined
    return { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}
