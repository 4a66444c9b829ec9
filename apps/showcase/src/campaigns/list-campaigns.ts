import type { KyInstance } from 'ky'
import { toApiError } from '../providers/api-error.ts'
import { hasMembers, schemaOf } from '../providers/schema-of.ts'

/** A campaign at Digitaleo. */
export type Campaign = { readonly id: number | string; readonly name: string }

/** How many are asked for at once, and how often at most: what is beyond is left out. */
const limit = 100
const maxPages = 10

/**
 * Lists the campaigns, all of them: the API's documentation names no search.
 *
 * @throws `ApiError` if there is no usable answer.
 */
export async function listCampaigns(api: KyInstance): Promise<readonly Campaign[]> {
  const campaigns: Campaign[] = []
  try {
    for (let page = 0; page < maxPages; page += 1) {
      const searchParams = { limit, offset: campaigns.length }
      // oxlint-disable-next-line no-await-in-loop -- each page says whether there is another
      const { list, total } = await api.get('rest/campaigns', { searchParams }).json(campaignPage)
      campaigns.push(...list)
      if (list.length === 0 || campaigns.length >= total) break
    }
    return campaigns
  } catch (error) {
    throw toApiError('Digitaleo', error)
  }
}

type CampaignPage = { readonly list: readonly Campaign[]; readonly total: number }

const campaignPage = schemaOf('a page of campaigns', (value): value is CampaignPage => {
  const { list, total } = Object(value) as Partial<CampaignPage>
  return typeof total === 'number' && Array.isArray(list) && list.every((one) => hasMembers(one, ['id', 'name']))
})
