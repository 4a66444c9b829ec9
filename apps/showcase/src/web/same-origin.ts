import type { RequestHandler } from 'express'
import { Problem } from './problem.ts'

/** The problem of a form that another site sent. */
export const otherSite = (): Problem =>
  new Problem(403, 'Not from here', 'This form was sent by another site, so nothing was done.')

/**
 * Refuses what forms and scripts of other sites send, also in browsers that ignore `SameSite`.
 *
 * @param publicUrl - the origin of this site.
 * @see {@link https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html OWASP}
 */
export const sameOrigin =
  (publicUrl: string): RequestHandler =>
  (request, _response, next) => {
    if (safeMethods.has(request.method)) {
      next()
      return
    }
    const site = request.get('sec-fetch-site')
    // Browsers without this header send the origin.
    const isOwn = site === undefined ? request.get('origin') === publicUrl : site === 'same-origin'
    if (isOwn) next()
    else next(otherSite())
  }

/** The methods that change nothing. See RFC 9110 §9.2.1. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
