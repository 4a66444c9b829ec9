import type { Clock } from './clock.ts'

/** An issued access token. */
export type IssuedToken = {
  /** The token itself. */
  readonly accessToken: string
  /** The address of the token endpoint that issued it, without `https://`. */
  readonly endpoint: string
  /** The id of the client that requested it. */
  readonly clientId: string
  /** The name of the user who signed in for it, if one did. */
  readonly user?: string | undefined
  /** Its scope, if the provider has one. */
  readonly scope?: string | undefined
  /** Its lifetime, in milliseconds. */
  readonly lifetimeMs: number
  /** The time when it expires, in milliseconds since the epoch, by the emulator's clock. */
  readonly expiresAt: number
}

/** An access token that was found. */
export type FoundToken = IssuedToken & {
  /** Whether it has expired. */
  readonly isExpired: boolean
}

/** The tokens that one provider issued. */
export type TokenTable = {
  /** Stores a new token. */
  readonly issue: (token: Omit<IssuedToken, 'expiresAt'>) => IssuedToken
  /** Returns the last token that a client got from a token endpoint, if it has not expired. */
  readonly latest: (endpoint: string, clientId: string) => IssuedToken | undefined
  /** Finds a token. Returns `undefined` if it is unknown or revoked. */
  readonly find: (accessToken: string) => FoundToken | undefined
  /** Removes one token, or all of them. */
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
      // A user's token is not the client's own token.
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

// An endpoint is an address without spaces, so two different pairs never make the same text.
const holder = (endpoint: string, clientId: string): string => `${endpoint} ${clientId}`
