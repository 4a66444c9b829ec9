/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes on what they reject with */
import { Router, urlencoded, type RequestHandler } from 'express'
import type { WithHeaders } from '@oauthkit/login/handler'
import { currentUser } from '../login/current-user.ts'
import type { User } from '../login/user.ts'
import { sendPage } from '../pages/send-page.ts'
import { Problem } from '../web/problem.ts'
import type { TokenActions } from './token-actions.ts'
import type { TokenHistories } from './token-histories.ts'
import { tokenStream } from './token-stream.ts'
import { tokensPage } from './tokens-page.ts'

/** The options of {@link tokensRouter}. */
export type TokensRouterOptions = {
  readonly histories: TokenHistories
  /** Aborted when the app has to end. */
  readonly closing: AbortSignal
  /** Returns what a user can do to a token, or `undefined` if the user has no such token. */
  readonly actionsOf: (id: string, user: string | undefined) => TokenActions | undefined
  /** Finds the user of a request. */
  readonly userOf: (request: WithHeaders) => Promise<User | undefined>
}

/** Answers under `/tokens`. */
export function tokensRouter({ histories, closing, actionsOf, userOf }: TokensRouterOptions): Router {
  const router = Router()

  const act: RequestHandler<{ id: string }> = async (request, response) => {
    const { action } = (request.body ?? {}) as { action?: unknown }
    const actions = actionsOf(request.params.id, currentUser(response)?.id)
    const work =
      actions?.revoke && (action === 'call' || action === 'revoke' || action === 'expire') ? actions[action] : undefined
    if (!work) throw new Problem(404, 'No such token', 'There is no such token, or you cannot do this to it.')
    await work()
    // The page's script sends the form without leaving the page.
    if (request.accepts(['html', 'json']) === 'json') response.status(204).end()
    else response.redirect(303, '/tokens')
  }

  router.get('/', (_request, response) => {
    const user = currentUser(response)?.id
    sendPage(
      response,
      tokensPage(histories.visibleTo(user), ({ id }) => actionsOf(id, user)?.revoke !== undefined),
    )
  })

  router.get('/events', tokenStream({ histories, closing, userOf }))

  router.post('/:id', urlencoded({ extended: false, limit: 1000 }), act)

  return router
}
