import type { KyInstance } from 'ky'
import * as v from 'valibot'
import { toApiError } from '../providers/api-error.ts'
import { text } from '../providers/text.ts'

const contractList = v.array(v.object({ id: text }))

/** A contract with Bouygues Telecom. */
export type Contract = v.InferOutput<typeof contractList>[number]

/**
 * Lists the contracts of the company whose certificate the app has.
 *
 * @throws `ApiError` if the API sends no usable response.
 */
export async function listContracts(api: KyInstance, path: string): Promise<readonly Contract[]> {
  try {
    return await api.get(path).json(contractList)
  } catch (error) {
    throw toApiError('Bouygues Telecom', error)
  }
}
