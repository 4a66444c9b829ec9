import type { KyInstance } from 'ky'
import { toApiError } from '../providers/api-error.ts'
import { hasMembers, schemaOf } from '../providers/schema-of.ts'

/** A contract with Bouygues Telecom. */
export type Contract = { readonly id: string }

/**
 * Lists the contracts of the company whose certificate the app has.
 *
 * @throws `ApiError` if there is no usable answer.
 */
export async function listContracts(api: KyInstance, path: string): Promise<readonly Contract[]> {
  try {
    return await api.get(path).json(contractList)
  } catch (error) {
    throw toApiError('Bouygues Telecom', error)
  }
}

const contractList = schemaOf(
  'a list of contracts',
  (value): value is readonly Contract[] => Array.isArray(value) && value.every((one) => hasMembers(one, ['id'])),
)
