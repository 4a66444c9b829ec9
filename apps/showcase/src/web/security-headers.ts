import helmet from 'helmet'
import type { RequestHandler, Response } from 'express'

/**
 * Tells the browser what pages are allowed to do, with each response.
 *
 * @param isSecure - whether browsers reach the app with TLS.
 */
export const securityHeaders = (isSecure: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      // Nothing inline, and nothing from other sites. So markup that an attacker gets into a page does nothing.
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // With 'no-referrer', browsers leave the origin out of what forms send.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: isSecure && { maxAge: 31_536_000 },
    xFrameOptions: { action: 'deny' },
  })

/**
 * Lets the forms of one page lead to another origin, too. Browsers apply `form-action` also to the URL to which the response
 * redirects, as the log-out does.
 */
export function allowForms(response: Response, origin: string): void {
  const policy = String(response.get('Content-Security-Policy'))
  response.set(
    'Content-Security-Policy',
    policy.replace("form-action 'self'", (own) => `${own} ${origin}`),
  )
}
