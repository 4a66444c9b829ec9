import type { RequestHandler } from 'express'
import { partOf, readListQuery } from '../lists/list-query.ts'
import { sendPage } from '../pages/send-page.ts'
import type { Shop } from './find-shops.ts'
import { shopsPage } from './shops-page.ts'

/** Answers `GET /shops` with the form. With `?postalCode=`, it also shows the shops near that place. */
export const shopsHandler =
  (findShops: (postalCode: string) => Promise<readonly Shop[]>): RequestHandler =>
  async (request, response) => {
    const query = readListQuery(request)
    const { postalCode: given } = request.query
    if (given === undefined) {
      sendPage(response, shopsPage({ query }))
      return
    }
    // Two values are a list, which is no postal code.
    const postalCode = typeof given === 'string' ? given.trim() : ''
    if (!/^\d{5}$/.test(postalCode)) {
      response.status(400)
      sendPage(response, shopsPage({ query, postalCode, error: 'Enter a postal code of five digits.' }))
      return
    }
    sendPage(response, shopsPage({ query, postalCode, part: partOf(await findShops(postalCode), query) }))
  }
