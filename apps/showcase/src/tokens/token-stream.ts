import type { WithHeaders } from '@oauthkit/login/handler'
import type { RequestHandler } from 'express'
import { currentUser } from '../login/current-user.ts'
import type { User } from '../login/user.ts'
import { Problem } from '../web/problem.ts'
import { networkOf } from './network-of.ts'
import { createStreamLimit } from './stream-limit.ts'
import { liveToken } from './token-card.ts'
import type { TokenHistories } from './token-histories.ts'

/** The options of {@link tokenStream}. */
export type TokenStreamOptions = {
  readonly histories: TokenHistories
  /** Aborted when the app has to end. Otherwise, it would wait until all pages are closed. */
  readonly closing: AbortSignal
  /** Finds the user of a request. */
  readonly userOf: (request: WithHeaders) => Promise<User | undefined>
  /** How many pages can be open at the same time. @defaultValue 100 */
  readonly maxStreams?: number
  /** How many of them one session of a user can have. @defaultValue 10 */
  readonly maxOfSession?: number
  /** How often the clocks on a page move, in milliseconds. @defaultValue 1000 */
  readonly tickMs?: number
}

/**
 * Answers `GET /tokens/events` with server-sent events. Each has the part of all tokens that changes, and what happened since
 * the last one.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html Server-sent events}
 */
export function tokenStream({
  histories,
  closing,
  userOf,
  maxStreams = 100,
  maxOfSession = 10,
  tickMs = 1000,
}: TokenStreamOptions): RequestHandler {
  const letIn = createStreamLimit({ max: maxStreams, maxOfSession })
  return (request, response) => {
    const user = currentUser(response)
    const ended = new AbortController()
    // A visitor who has not signed in has no session, and counts by network.
    const id = user ? `session:${user.session}` : `network:${networkOf(request.ip ?? '')}`
    if (closing.aborted || !letIn({ id, isUser: user !== undefined }, ended)) {
      throw new Problem(503, 'Too many pages are open', 'Close one of them, or reload this one later.', {
        retryAfterSeconds: 30,
      })
    }
    const openedAt = Date.now()
    let shown = new Set<object>()

    // Otherwise, proxies such as nginx keep events, to send several of them together.
    response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
    const send = () => {
      // A client that does not read gets nothing more, so that no memory fills up.
      if (response.writableNeedDrain) return
      const now = Date.now()
      const states = histories.visibleTo(user?.id)
      const news = states.flatMap(({ title, entries }) =>
        entries.filter((entry) => entry.at >= openedAt && !shown.has(entry)).map(({ text }) => `${title}: ${text}`),
      )
      shown = new Set(states.flatMap(({ entries }) => entries))
      const tokens = states.map((state) => ({ id: `${state.id}-live`, html: liveToken(state, now).toString() }))
      response.write(`data: ${JSON.stringify({ tokens, news })}\n\n`)
    }

    const signal = AbortSignal.any([ended.signal, closing])
    let pending: NodeJS.Immediate | undefined
    // The session can end, or its user can sign out, while the page is open. A store that fails ends no page.
    const isStillSignedIn = () =>
      userOf(request).then(
        (now) => now?.id === user?.id,
        () => true,
      )
    const tick = async () => {
      if (user && !(await isStillSignedIn())) ended.abort()
      if (!signal.aborted) send()
    }
    const clock = setInterval(() => void tick(), tickMs)
    // One message for everything that happens at the same time.
    histories.subscribe(
      () =>
        (pending ??= setImmediate(() => {
          pending = undefined
          if (!signal.aborted) send()
        })),
      signal,
    )
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(clock)
        response.end()
      },
      { once: true },
    )
    response.on('close', () => ended.abort())
    send()
  }
}
