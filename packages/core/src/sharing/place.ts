import { resolveCredential } from '../endpoint/credential.ts'
import type { ClientOptions } from '../endpoint/call-endpoint.ts'
import { keyOf } from './store-key.ts'
import type { Settings } from '../life/options.ts'
import { createSlot, slotOf, type Slot } from '../life/state.ts'

/** Where a source's token is kept, and the credentials that it is asked for with. */
export type Place = {
  readonly slot: Slot
  readonly credentials: Pick<ClientOptions, 'clientId' | 'clientSecret'>
}

/** Makes the place of a source that has no store, and stands alone. */
export const ownPlace = (settings: Settings): Place => ({ slot: createSlot(''), credentials: settings })

/**
 * Finds the place of a source in its store, under a key that holds everything which can change the token: a changed
 * secret is a new key at once. Not so where the token is a user's: a rotated client secret must not sign users out.
 */
export async function findPlace(settings: Settings): Promise<Place> {
  const { provider, clientAuth, grant, parameters, store, key } = settings
  if (!store) return ownPlace(settings)
  const clientId = await resolveCredential(provider, 'clientId', settings.clientId)
  const clientSecret =
    settings.clientSecret && (await resolveCredential(provider, 'clientSecret', settings.clientSecret))
  const form = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const proof = clientAuth.fingerprint ? [clientSecret, clientAuth.fingerprint()] : clientSecret
  const client = [provider.name, provider.tokenEndpoint, clientId, key === undefined ? proof : undefined]
  const identity = typeof grant.identity === 'function' ? grant.identity() : grant.identity
  const slot = slotOf(store, await keyOf([...client, grant.name, identity, form, key]))
  return { slot, credentials: { clientId, clientSecret } }
}
