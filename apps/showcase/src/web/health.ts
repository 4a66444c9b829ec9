import { Router } from 'express'

/** Whether the process can serve requests. */
export type Readiness = {
  /** Aborted when the app has to end. */
  readonly closing: AbortSignal
  /** The name of the stores. */
  readonly store: string
  /** Rejects if the stores do not work. */
  readonly check: () => Promise<unknown>
}

/** Answers `GET /health/live` while the process runs, and `GET /health/ready` while it can serve requests. Else, that is 503. */
export function health({ closing, store, check }: Readiness): Router {
  const router = Router()
  router.get('/live', (_request, response) => void response.json({ status: 'ok' }))
  router.get('/ready', async (_request, response) => {
    const isUsable = await check().then(
      () => true,
      () => false,
    )
    const status = closing.aborted ? 'closing' : isUsable ? 'ok' : 'store unavailable'
    response.status(status === 'ok' ? 200 : 503).json({ status, store })
  })
  return router
}
