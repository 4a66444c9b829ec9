import type { KyInstance } from 'ky'
import { toApiError } from '../providers/api-error.ts'
import { hasMembers, schemaOf } from '../providers/schema-of.ts'

/** An Orange shop. */
export type Shop = {
  readonly name: string
  /** Street and number. */
  readonly address: string
  readonly postalCode: string
  readonly city: string
}

/**
 * Finds the shops near a postal code.
 *
 * @throws `ApiError` if there is no usable answer.
 */
export async function findShops(api: KyInstance, postalCode: string): Promise<readonly Shop[]> {
  try {
    return await api.get('poi/v1/shops', { searchParams: { postalCode } }).json(shopList)
  } catch (error) {
    throw toApiError('Orange', error)
  }
}

const isShop = (value: unknown): value is Shop => hasMembers(value, ['name', 'address', 'postalCode', 'city'])

const shopList = schemaOf(
  'a list of shops',
  (value): value is readonly Shop[] => Array.isArray(value) && value.every(isShop),
)
