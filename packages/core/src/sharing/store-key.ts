/**
 * Makes the one key of cache, lock and single flight out of everything that can change the token.
 *
 * It is a hash, so that a store shows neither who asks nor with what.
 */
export async function keyOf(parts: readonly unknown[]): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)))
  return `oauthkit:${Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
