import { ownerOf } from '../grant.ts'
import type { Settings } from '../life/options.ts'

/**
 * Makes a key from all values that can change the token. The entry in the store, its lock and the state in memory share
 * this key.
 *
 * For the application's own tokens, a changed secret gives a new key at once. The entry of a user, whom the option `key`
 * or the grant's `identity` names, does not depend on the secret: a rotated secret must not sign users out. The key is a hash, so that a store shows neither the
 * client nor its credentials.
 */
export async function storeKey(
  { provider, clientAuth, grant, parameters, key }: Settings,
  clientId: string,
  clientSecret: string | undefined,
): Promise<string> {
  const form = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const proof = clientAuth.fingerprint ? [clientSecret, clientAuth.fingerprint()] : clientSecret
  const owner = ownerOf(grant) || undefined
  const isOwn = key === undefined && owner === undefined
  const client = [provider.name, provider.tokenEndpoint, clientId, isOwn ? proof : undefined]
  return hash([...client, grant.name, owner, form, key])
}

async function hash(parts: readonly unknown[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)))
  return `oauthkit:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
