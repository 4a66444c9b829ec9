import type { KyInstance } from 'ky'
import * as v from 'valibot'
import { toApiError } from '../providers/api-error.ts'

const mobileData = v.object({ usedMegabytes: v.number(), includedMegabytes: v.number() })

/** How much mobile data a user has used. */
export type Usage = v.InferOutput<typeof mobileData>

/**
 * Reads how much mobile data a user has used.
 *
 * @param api - a client with the tokens of the user.
 * @throws `ApiError` if the API sends no usable response. Its reason is `signed-out` if the user has to sign in again.
 */
export async function readUsage(api: KyInstance): Promise<Usage> {
  try {
    return await api.get('customer-management/v1/usage-consumptions/mobile-data').json(mobileData)
  } catch (error) {
    throw toApiError('Bouygues Telecom', error)
  }
}
