import type { Clock } from './clock.ts'
import { randomText } from './random-text.ts'

/** An access token that was handed out. */
export type IssuedToken = {
  /** The token itself: opaque, random, URL-safe. */
  readonly accessToken: string
  /** Who asked for it. */
  readonly clientId: string
  /** How long it lives, in milliseconds. */
  readonly lifetimeMs: number
  /** When it expires, in milliseconds since the epoch, by the emulator's clock. */
  readonly expiresAt: number
}

/** How an access token stands; a revoked one is unknown. */
export type TokenState = 'live' | 'expired' | 'unknown'

/** The tokens that one provider handed out. */
export type TokenTable = {
  /** Makes a new token for a client. */
  readonly issue: (clientId: string, lifetimeMs: number) => IssuedToken
  /** The token that a client got last, if it is still alive. */
  readonly latest: (clientId: string) => IssuedToken | undefined
  /** How a token stands now. */
  readonly state: (accessToken: string) => TokenState
  /** Forgets one token, or all of them. */
  readonly revoke: (accessToken?: string) => void
}

/** Makes an empty table. */
export function createTokenTable(clock: Clock): TokenTable {
  const tokens = new Map<string, IssuedToken>()
  const latest = new Map<string, IssuedToken>()

  const state = (accessToken: string): TokenState => {
    const token = tokens.get(accessToken)
    if (!token) return 'unknown'
    return clock.now() < token.expiresAt ? 'live' : 'expired'
  }

  return {
    issue: (clientId, lifetimeMs) => {
      const token = { accessToken: randomText(32), clientId, lifetimeMs, expiresAt: clock.now() + lifetimeMs }
      tokens.set(token.accessToken, token)
      latest.set(clientId, token)
      return token
    },
    latest: (clientId) => {
      const token = latest.get(clientId)
      return token && state(token.accessToken) === 'live' ? token : undefined
    },
    state,
    revoke: (accessToken) => {
      if (accessToken === undefined) tokens.clear()
      else tokens.delete(accessToken)
    },
  }
}
