import type { RequestHandler } from 'express'
import { shopsPage } from './shops-page.ts'
import type { Shop } from './shops.ts'

/** Answers `GET /`: the form, and with `?postalCode=` the shops near it. */
export function createShopsHandler(findShops: (postalCode: string) => Promise<readonly Shop[]>): RequestHandler {
  return async (request, response) => {
    const { postalCode: given } = request.query
    if (given === undefined) {
      response.send(shopsPage())
      return
    }
    // Given twice, it is a list; that is no postal code either.
    const postalCode = typeof given === 'string' ? given.trim() : ''
    if (!/^\d{5}$/.test(postalCode)) {
      response.status(400).send(shopsPage({ postalCode, error: 'Enter a postal code of five digits.' }))
      return
    }
    response.send(shopsPage({ postalCode, shops: await findShops(postalCode) }))
  }
}
