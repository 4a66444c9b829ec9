import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import { createErrorHandler } from './error-handler.ts'
import { messagePage } from './message-page.ts'
import { securityHeaders } from './security-headers.ts'
import { createShopsHandler } from './shops-handler.ts'
import type { Shop } from './shops.ts'

/** What the app needs from outside. */
export type Dependencies = {
  /** Finds the shops near a postal code. */
  readonly findShops: (postalCode: string) => Promise<readonly Shop[]>
  /** Takes one entry for the operator's log. */
  readonly log: (entry: string) => void
}

/** Makes the Express app; it holds no state of its own. */
export function createApp({ findShops, log }: Dependencies): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders)
  app.use(express.static(fileURLToPath(new URL('../public', import.meta.url)), { index: false }))
  app.get('/', createShopsHandler(findShops))
  app.use((_request, response) => {
    const page = messagePage('Page not found', 'There is nothing at this address.')
    response.status(404).send(page)
  })
  app.use(createErrorHandler(log))
  return app
}
