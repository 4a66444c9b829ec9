import type { RequestHandler } from 'express'
import { Problem } from '../web/problem.ts'
import { networkOf } from './network-of.ts'
import { createStreamLimit } from './stream-limit.ts'
import { liveToken } from './token-card.ts'
import type { TokenHistories } from './token-histories.ts'

/** What {@link tokenStream} takes. */
export type TokenStreamOptions = {
  readonly histories: TokenHistories
  /** Aborted once the app is to end: streams would hold it up for as long as pages are open. */
  readonly closing: AbortSignal
  /** How many pages may be open at once. @defaultValue 100 */
  readonly maxStreams?: number
  /** How many of them a user may have open in one browser. @defaultValue 10 */
  readonly maxOfSession?: number
  /** How often the clocks on a page move, in milliseconds. @defaultValue 1000 */
  readonly tickMs?: number
}

/**
 * Answers `GET /tokens/events` by server-sent events: each has the changing part of all tokens, and the last thing that happened.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html Server-sent events}
 */
export function tokenStream({
  histories,
  closing,
  maxStreams = 100,
  maxOfSession = 10,
  tickMs = 1000,
}: TokenStreamOptions): RequestHandler {
  const letIn = createStreamLimit({ max: maxStreams, maxOfSession })
  return (request, response) => {
    const user = request.session.user?.sub
    const ended = new AbortController()
    // A visitor who has not signed in has no session, and counts by network.
    const owner = user === undefined ? `network:${networkOf(request.ip ?? '')}` : `session:${request.sessionID}`
    if (closing.aborted || !letIn({ id: owner, isUser: user !== undefined }, ended)) {
      throw new Problem(503, 'Too many pages are open', 'Close one of them, or reload this one later.', {
        retryAfterSeconds: 30,
      })
    }
    // What the session was when the page was opened is not to be written back when it is closed, hours later.
    delete (request as Partial<typeof request>).session
    const openedAt = Date.now()
    let isSaid = new Set<object>()

    // Proxies such as nginx would keep events back to send several at once.
    response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
    const send = () => {
      // A client that does not read is not written to without end.
      if (response.writableNeedDrain) return
      const now = Date.now()
      const states = histories.visibleTo(user)
      const news = states.flatMap(({ title, entries }) =>
        entries
          .filter((entry) => entry.at >= openedAt && !isSaid.has(entry))
          .map((entry) => ({ entry, text: `${title}: ${entry.text}` })),
      )
      isSaid = new Set(states.flatMap(({ entries }) => entries))
      const data = {
        tokens: states.map((state) => ({ id: `${state.id}-live`, html: liveToken(state, now).toString() })),
        news: news.map(({ text }) => text),
      }
      response.write(`data: ${JSON.stringify(data)}\n\n`)
    }

    const signal = AbortSignal.any([ended.signal, closing])
    let pending: NodeJS.Immediate | undefined
    // Read anew, since the session may end, or its user sign out, while the page is open.
    const checkUser = () =>
      request.sessionStore.get(request.sessionID, (error: unknown, session) => {
        if (!error && session?.user?.sub !== user) ended.abort()
      })
    const clock = setInterval(() => {
      if (user !== undefined) checkUser()
      if (!signal.aborted) send()
    }, tickMs)
    // One message for all that happens at the same time.
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
