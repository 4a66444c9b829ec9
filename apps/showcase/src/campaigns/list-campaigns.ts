import type { KyInstance } from 'ky'
import * as v from 'valibot'
import { toApiError } from '../providers/api-error.ts'
import { text } from '../providers/text.ts'

const campaignPage = v.object({ list: v.array(v.object({ id: text, name: text })), total: v.number() })

/** A campaign at Digitaleo. */
export type Campaign = v.InferOutput<typeof campaignPage>['list'][number]

/** How many campaigns one request asks for, and how many requests there are at most. Later campaigns are left out. */
const limit = 100
const maxPages = 10

/**
 * Lists all campaigns: the API's documentation names no search.
 *
 * @throws `ApiError` if the API sends no usable response.
 */
export async function listCampaigns(api: KyInstance): Promise<readonly Campaign[]> {
  const campaigns: Campaign[] = []
  try {
    for (let page = 0; page < maxPages; page += 1) {
      const searchParams = { limit, offset: campaigns.length }
      // oxlint-disable-next-line no-await-in-loop -- each page says if there is a next one
      const { list, total } = await api.get('rest/campaigns', { searchParams }).json(campaignPage)
      campaigns.push(...list)
      if (list.length === 0 || campaigns.length >= total) break
    }
    return campaigns
  } catch (error) {
    throw toApiError('Digitaleo', error)
  }
}
