import type { Clock } from './clock.ts'

/** An access token that was handed out. */
export type IssuedToken = {
  /** The token itself. */
  readonly accessToken: string
  /** The address of the token endpoint that handed it out, without `https://`. */
  readonly endpoint: string
  /** Who asked for it. */
  readonly clientId: string
  /** Who allowed it by signing in, if anybody did. */
  readonly user?: string | undefined
  /** What it may be used for, if the provider says so. */
  readonly scope?: string | undefined
  /** How long it lives, in milliseconds. */
  readonly lifetimeMs: number
  /** When it expires, in milliseconds since the epoch, by the emulator's clock. */
  readonly expiresAt: number
}

/** An access token that was looked up. */
export type FoundToken = IssuedToken & {
  /** Whether its life is over. */
  readonly isExpired: boolean
}

/** The tokens that one provider handed out. */
export type TokenTable = {
  /** Enters a new token. */
  readonly issue: (token: Omit<IssuedToken, 'expiresAt'>) => IssuedToken
  /** The token that a client got last from a token endpoint, if it is still alive. */
  readonly latest: (endpoint: string, clientId: string) => IssuedToken | undefined
  /** Looks up a token; one that was revoked is not found. */
  readonly find: (accessToken: string) => FoundToken | undefined
  /** Forgets one token, or all of them. */
  readonly revoke: (accessToken?: string) => void
}

/** Makes an empty table. */
export function createTokenTable(clock: Clock): TokenTable {
  const tokens = new Map<string, IssuedToken>()
  const latest = new Map<string, string>()

  const find = (accessToken: string): FoundToken | undefined => {
    const token = tokens.get(accessToken)
    return token && { ...token, isExpired: clock.now() >= token.expiresAt }
  }

  return {
    issue: (order) => {
      const token = { ...order, expiresAt: clock.now() + order.lifetimeMs }
      tokens.set(token.accessToken, token)
      // A user's token is no business of the client's own.
      if (token.user === undefined) latest.set(holder(token.endpoint, token.clientId), token.accessToken)
      return token
    },
    latest: (endpoint, clientId) => {
      const token = find(latest.get(holder(endpoint, clientId)) ?? '')
      return token?.isExpired ? undefined : token
    },
    find,
    revoke: (accessToken) => {
      if (accessToken === undefined) tokens.clear()
      else tokens.delete(accessToken)
    },
  }
}

// An endpoint is an address and holds no blank, so no two pairs read the same.
const holder = (endpoint: string, clientId: string): string => `${endpoint} ${clientId}`
