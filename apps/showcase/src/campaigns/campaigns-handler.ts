import type { RequestHandler } from 'express'
import { partOf, readListQuery } from '../lists/list-query.ts'
import { listFields, listSection } from '../lists/list-section.ts'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/send-page.ts'
import type { Campaign } from './list-campaigns.ts'

/** Answers `GET /campaigns`. */
export const campaignsHandler =
  (listCampaigns: () => Promise<readonly Campaign[]>): RequestHandler =>
  async (request, response) => {
    const query = readListQuery(request)
    const part = partOf(await listCampaigns(), query)
    sendPage(response, {
      title: 'Campaigns',
      content: html`<h1>Campaigns</h1>
        <p class="lead">From Digitaleo, with client credentials.</p>
        <form class="search" role="search" action="/campaigns">
          ${listFields(query, 'Search by name or number')}
          <button>Search</button>
        </form>
        ${listSection({
          caption: 'Campaigns at Digitaleo',
          path: '/campaigns',
          query,
          part,
          columns: [
            { title: 'Name', value: ({ name }) => name },
            { title: 'Number', value: ({ id }) => id },
          ],
          nothing: query.search ? `No campaign contains “${query.search}”.` : 'There are no campaigns.',
        })}`,
    })
  }
