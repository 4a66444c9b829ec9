import { Router } from 'express'

/** Whether the process can serve requests. */
export type Readiness = {
  /** Aborted once the app is to end. */
  readonly closing: AbortSignal
  /** What the stores are called. */
  readonly store: string
  /** Rejects if the stores cannot be used. */
  readonly check: () => Promise<unknown>
}

/** `GET /health/live`: the process runs. `GET /health/ready`: it can serve, else 503. */
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
