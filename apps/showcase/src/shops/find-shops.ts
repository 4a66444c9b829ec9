import type { KyInstance } from 'ky'
import * as v from 'valibot'
import { toApiError } from '../providers/api-error.ts'
import { text } from '../providers/text.ts'

const shopList = v.array(
  v.object({
    name: text,
    /** Street and number. */
    address: text,
    postalCode: text,
    city: text,
  }),
)

/** An Orange shop. */
export type Shop = v.InferOutput<typeof shopList>[number]

/**
 * Finds the shops near a postal code.
 *
 * @throws `ApiError` if the API sends no usable response.
 */
export async function findShops(api: KyInstance, postalCode: string): Promise<readonly Shop[]> {
  try {
    return await api.get('poi/v1/shops', { searchParams: { postalCode } }).json(shopList)
  } catch (error) {
    throw toApiError('Orange', error)
  }
}
