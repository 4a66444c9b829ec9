import type { KyInstance, StandardSchemaV1 } from 'ky'
import { toOrangeError } from './orange-error.ts'

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
 * @throws `OrangeError` if there is no usable answer.
 */
export async function findShops(api: KyInstance, postalCode: string): Promise<readonly Shop[]> {
  try {
    return await api.get('poi/v1/shops', { searchParams: { postalCode } }).json(shopList)
  } catch (error) {
    throw toOrangeError(error)
  }
}

/** What ky checks the answer by; a schema made with zod or valibot fits here as well. */
const shopList: StandardSchemaV1<unknown, readonly Shop[]> = {
  '~standard': {
    version: 1,
    vendor: 'shops',
    validate: (value) =>
      Array.isArray(value) && value.every(isShop) ? { value } : { issues: [{ message: 'not a list of shops' }] },
  },
}

function isShop(value: unknown): value is Shop {
  if (typeof value !== 'object' || value === null) return false
  const shop = value as Record<keyof Shop, unknown>
  return [shop.name, shop.address, shop.postalCode, shop.city].every((member) => typeof member === 'string')
}
