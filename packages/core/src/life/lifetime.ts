import type { Provider } from '../provider.ts'
import type { Token } from '../token.ts'

/** A token in memory, with all that a call which is served from there needs. */
export type Held = {
  readonly token: Token
  /** The finished header value. */
  readonly authorization: string
  /** From when on the token is renewed beside the calls that it serves, in milliseconds since the epoch. */
  readonly renewAt: number
  /** From when on the token serves no call, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Freezes a token that was received just now, and decides when it is to be renewed. */
export function hold({ extra, ...token }: Token, { renewalMarginMs }: Provider): Held {
  const { accessToken, expiresAt = Number.POSITIVE_INFINITY } = token
  const lifetime = Math.max(0, expiresAt - Date.now())
  // Processes that started together should not all renew at the same moment.
  const jitter = 0.9 + Math.random() * 0.2
  const margin =
    jitter *
    (renewalMarginMs !== undefined ? Math.min(renewalMarginMs, lifetime / 2) : Math.min(300_000, lifetime / 10))
  const frozen = Object.freeze({ ...token, ...(extra && { extra: Object.freeze({ ...extra }) }) })
  return {
    token: frozen,
    authorization: `Bearer ${accessToken}`,
    renewAt: Math.max(expiresAt - margin, Date.now() + 1000),
    expiresAt,
  }
}

/** Says whether a token is still of use. */
export const isAlive = (held: Held | undefined): held is Held => held !== undefined && Date.now() < held.expiresAt
