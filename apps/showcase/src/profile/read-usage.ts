import type { KyInstance } from 'ky'
import { toApiError } from '../providers/api-error.ts'
import { hasMembers, schemaOf } from '../providers/schema-of.ts'

/** How much mobile data a user has used. */
export type Usage = { readonly usedMegabytes: number; readonly includedMegabytes: number }

/**
 * Reads how much mobile data the user has used whose tokens the client has.
 *
 * @throws `ApiError` if there is no usable answer; its reason is `signed-out` if the user is to sign in again.
 */
export async function readUsage(api: KyInstance): Promise<Usage> {
  try {
    return await api.get('customer-management/v1/usage-consumptions/mobile-data').json(usage)
  } catch (error) {
    throw toApiError('Bouygues Telecom', error)
  }
}

const usage = schemaOf('a usage', (value): value is Usage => hasMembers(value, ['usedMegabytes', 'includedMegabytes']))
