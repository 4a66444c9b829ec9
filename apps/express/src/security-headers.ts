import type { RequestHandler } from 'express'

const headers = {
  // No script, no inline style, no frame: were markup ever to slip through, it could do nothing.
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/** Tells the browser what pages may do, on every answer. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set(headers)
  next()
}
