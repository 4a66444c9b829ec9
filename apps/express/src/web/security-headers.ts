import helmet from 'helmet'
import type { RequestHandler } from 'express'

/**
 * Tells the browser what pages may do, on every answer.
 *
 * @param isSecure - whether browsers reach the app by TLS.
 */
export const securityHeaders = (isSecure: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      // Nothing inline and nothing from elsewhere: were markup ever to slip through, it could do nothing.
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
    // Not 'no-referrer', with which browsers leave the origin out of what forms send.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: isSecure && { maxAge: 31_536_000 },
    xFrameOptions: { action: 'deny' },
  })
