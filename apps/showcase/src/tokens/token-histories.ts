import { EventEmitter } from 'node:events'
import type { TokenEvent } from '@oauthkit/core'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { createTokenHistory, type TokenDetails, type TokenHistory, type TokenState } from './token-history.ts'

/** The histories of all tokens of this process. */
export type TokenHistories = {
  /** The history of a token of the app itself. */
  readonly ofApp: (details: TokenDetails) => TokenHistory
  /** The history of a user's token. Only that user can see it. */
  readonly ofUser: (user: string, details: TokenDetails) => TokenHistory
  /** The tokens that a user can see. A visitor can see those of the app itself. */
  readonly visibleTo: (user: string | undefined) => readonly TokenState[]
  /** Calls a function at each change, until the signal is aborted. */
  readonly subscribe: (changed: () => void, signal: AbortSignal) => void
}

/** Creates the histories. Their events are logged, too. */
export function createTokenHistories(log: Logger): TokenHistories {
  const own: TokenHistory[] = []
  const users = new LRUCache<string, TokenHistory>({ max: 10_000 })
  // There is one listener for each open page. The stream has its own limit.
  const changes = new EventEmitter().setMaxListeners(0)
  const create = (details: TokenDetails): TokenHistory => {
    const history = createTokenHistory(details, () => changes.emit('change'))
    const onEvent = (event: TokenEvent) => {
      logEvent(log, details.id, event)
      history.onEvent(event)
    }
    return { ...history, onEvent }
  }

  return {
    ofApp: (details) => {
      const history = create(details)
      own.push(history)
      return history
    },
    ofUser: (user, details) => {
      const history = users.get(user) ?? create(details)
      users.set(user, history)
      return history
    },
    visibleTo: (user) => {
      const theirs = user === undefined ? undefined : users.get(user)
      return [...own, ...(theirs ? [theirs] : [])].map((history) => history.state())
    },
    subscribe: (changed, signal) => {
      changes.on('change', changed)
      signal.addEventListener('abort', () => changes.off('change', changed), { once: true })
    },
  }
}

/** An event has no secret, so it is logged as it is. Events that come with every call are left out. */
function logEvent(log: Logger, token: string, event: TokenEvent): void {
  if (event.type === 'served') return
  const { type, ...details } = event
  const entry = { token, event: type, ...details, ...('error' in event && { error: event.error.message }) }
  log[levels[type] ?? 'info'](entry, 'token')
}

const levels: Partial<Record<TokenEvent['type'], 'debug' | 'warn' | 'error'>> = {
  skipped: 'debug',
  failed: 'warn',
  throttled: 'warn',
  oversized: 'warn',
  redirected: 'warn',
  'store-failed': 'error',
}
