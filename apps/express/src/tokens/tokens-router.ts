/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes on what they reject with */
import { Router, urlencoded, type RequestHandler } from 'express'
import { sendPage } from '../pages/send-page.ts'
import { Problem } from '../web/problem.ts'
import type { TokenActions } from './token-actions.ts'
import type { TokenHistories } from './token-histories.ts'
import { tokenStream } from './token-stream.ts'
import { tokensPage } from './tokens-page.ts'

/** What {@link tokensRouter} takes. */
export type TokensRouterOptions = {
  readonly histories: TokenHistories
  /** Aborted once the app is to end. */
  readonly closing: AbortSignal
  /** What can be done to a token; `undefined` if there is no such token, or it is nobody's business. */
  readonly actionsOf: (id: string, user: string | undefined) => TokenActions | undefined
}

/** Answers under `/tokens`. */
export function tokensRouter({ histories, closing, actionsOf }: TokensRouterOptions): Router {
  const router = Router()

  const act: RequestHandler<{ id: string }> = async (request, response) => {
    const { action } = (request.body ?? {}) as { action?: unknown }
    const actions = actionsOf(request.params.id, request.session.user?.sub)
    const work =
      actions?.revoke && (action === 'call' || action === 'revoke' || action === 'expire') ? actions[action] : undefined
    if (!work)
      throw new Problem(404, 'No such token', 'There is no such token, or nothing of this kind can be done to it.')
    await work()
    // The page's script sends the form without leaving the page.
    if (request.accepts(['html', 'json']) === 'json') response.status(204).end()
    else response.redirect(303, '/tokens')
  }

  router.get('/', (request, response) => {
    const user = request.session.user?.sub
    sendPage(
      response,
      tokensPage(histories.visibleTo(user), ({ id }) => actionsOf(id, user)?.revoke !== undefined),
    )
  })

  router.get('/events', tokenStream({ histories, closing }))

  router.post('/:id', urlencoded({ extended: false, limit: 1000 }), act)

  return router
}
