import type { RequestHandler } from 'express'

/** Keeps what users see out of all caches. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}
