import type { Token } from '@oauthkit/core'
import { idTokenClaimsOf, idTokenHeaderOf } from './decode-jwt.ts'

/** Whether the token has an ID token that names a hash of its access token. */
export const hasAccessTokenHash = ({ idToken }: Token): boolean => idTokenClaimsOf(idToken)['at_hash'] !== undefined

/**
 * Whether the hash that an ID token names is that of the access token it came with. If not, one of the two was replaced.
 *
 * The hash function is that of the ID token's signature. With an unknown `alg`, the hash does not match.
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken OpenID Connect Core 1.0 §3.1.3.6}
 */
export async function matchesAccessTokenHash({ accessToken, idToken }: Token): Promise<boolean> {
  const hash = hashOf(String(idTokenHeaderOf(idToken)['alg']))
  if (!hash) return false
  const digest = new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(accessToken)))
  const half = String.fromCharCode(...digest.subarray(0, digest.length / 2))
  const expected = btoa(half).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return idTokenClaimsOf(idToken)['at_hash'] === expected
}

/** Returns the hash function of a signature algorithm: RFC 7518 §3.1, and SHA-512 for Ed25519 (RFC 8032 §5.1). */
function hashOf(algorithm: string): string | undefined {
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return 'SHA-512'
  const [, bits] = /^(?:RS|PS|ES|HS)(256|384|512)$/.exec(algorithm) ?? []
  return bits && `SHA-${bits}`
}
