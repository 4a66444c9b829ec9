import type { RequestHandler } from 'express'
import { partOf, readListQuery } from '../lists/list-query.ts'
import { listFields, listSection } from '../lists/list-section.ts'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/send-page.ts'
import type { Contract } from './list-contracts.ts'

/** Answers `GET /contracts`. */
export const contractsHandler =
  (listContracts: () => Promise<readonly Contract[]>): RequestHandler =>
  async (request, response) => {
    const query = readListQuery(request)
    const part = partOf(await listContracts(), query)
    sendPage(response, {
      title: 'Contracts',
      content: html`<h1>Contracts</h1>
        <p class="lead">From Bouygues Telecom, with an assertion that the app’s private key signs.</p>
        <form class="search" role="search" action="/contracts">
          ${listFields(query, 'Search by number')}
          <button>Search</button>
        </form>
        ${listSection({
          caption: 'Contracts with Bouygues Telecom',
          path: '/contracts',
          query,
          part,
          columns: [{ title: 'Number', value: ({ id }) => id }],
          nothing: query.search ? `No contract contains “${query.search}”.` : 'There are no contracts.',
        })}`,
    })
  }
