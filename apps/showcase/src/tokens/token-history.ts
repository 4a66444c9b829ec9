import type { Token, TokenEvent } from '@oauthkit/core'
import type { Mode } from '../providers/clients.ts'
import { describeEvent, type Description } from './describe-event.ts'
import { fingerprint } from './fingerprint.ts'

/** The token of a history. */
export type TokenDetails = {
  /** The name of the token in URLs and pages. */
  readonly id: string
  /** What the token is for. */
  readonly title: string
  /** How the app gets it. */
  readonly grant: string
  readonly mode: Mode
}

/** What happened to a token, for a page. The token is not in it. */
export type TokenState = TokenDetails & {
  /** `undefined` if there is no token. */
  readonly fingerprint: string | undefined
  /** When this process got the token, in milliseconds since the epoch. */
  readonly obtainedAt: number | undefined
  /** When the token expires. Infinite if that is unknown. */
  readonly expiresAt: number | undefined
  readonly renewals: number
  /** Calls that were sent again with a new token. */
  readonly replays: number
  /** Calls that needed no token request. */
  readonly callsSaved: number
  /** What happened, the newest last. */
  readonly entries: readonly Entry[]
  /** The times that tokens lived, the newest last. */
  readonly lives: readonly Life[]
  /** How many calls memory served, by second since the epoch. */
  readonly calls: ReadonlyMap<number, number>
}

/** Something that happened, and when. */
type Entry = Description & { readonly at: number }

/** From when to when a token was the current one. */
type Life = { readonly from: number; readonly until: number }

/** Records what happens to one token. */
export type TokenHistory = {
  /** For the option `onEvent` of the token's source. */
  readonly onEvent: (event: TokenEvent) => void
  /** Records the token that a call got. */
  readonly saw: (accessToken: string) => void
  /** Records a token that a sign-in brought. */
  readonly holds: (token: Token, description: Description) => void
  /** Records what a visitor did to the token. */
  readonly note: (description: Description) => void
  /** Records that the token has expired. */
  readonly ends: (description: Description) => void
  /** Forgets the token, and all that happened to it. */
  readonly forget: () => void
  readonly state: () => TokenState
}

/** How much is kept. */
const maxEntries = 50
const maxLives = 20

/** How long the calls are kept, in seconds. */
const keptSeconds = 180

/** Creates an empty history. @param changed - is called after each entry. */
export function createTokenHistory(details: TokenDetails, changed: () => void): TokenHistory {
  let known = nothing()

  const add = (description: Description) => {
    known.entries = [...known.entries, { ...description, at: Date.now() }].slice(-maxEntries)
    changed()
  }
  const live = (expiresAt: number) => {
    const from = Date.now()
    known.obtainedAt = from
    known.expiresAt = expiresAt
    known.lives = [...endedBy(from, known.lives), { from, until: expiresAt }].slice(-maxLives)
  }
  const onEvent = (event: TokenEvent) => {
    if (event.type === 'served') {
      known.callsSaved += 1
      const second = Math.floor(Date.now() / 1000)
      known.calls.set(second, (known.calls.get(second) ?? 0) + 1)
      for (const old of known.calls.keys()) if (old < second - keptSeconds) known.calls.delete(old)
    }
    if (event.type === 'renewed' || event.type === 'adopted') {
      if (event.reason !== 'absent') known.renewals += 1
      live(event.expiresAt)
    }
    if (event.type === 'rejected' && event.isReplayed) known.replays += 1
    const description = describeEvent(event)
    if (description) add(description)
  }

  return {
    onEvent,
    saw: (accessToken) => {
      if (accessToken === known.accessToken) return
      known.accessToken = accessToken
      known.fingerprint = fingerprint(accessToken)
      changed()
    },
    holds: ({ accessToken, expiresAt = Infinity }, description) => {
      known.accessToken = accessToken
      known.fingerprint = fingerprint(accessToken)
      live(expiresAt)
      add(description)
    },
    note: add,
    ends: (description) => {
      known.expiresAt = Date.now()
      known.lives = endedBy(Date.now(), known.lives)
      add(description)
    },
    forget: () => {
      known = nothing()
      changed()
    },
    state: () => {
      const { accessToken: _secret, ...shown } = known
      return { ...details, ...shown }
    },
  }
}

const nothing = () => ({
  /** Only to notice a new token. */
  accessToken: undefined as string | undefined,
  fingerprint: undefined as string | undefined,
  obtainedAt: undefined as number | undefined,
  expiresAt: undefined as number | undefined,
  renewals: 0,
  replays: 0,
  callsSaved: 0,
  entries: [] as readonly Entry[],
  lives: [] as readonly Life[],
  calls: new Map<number, number>(),
})

const endedBy = (instant: number, lives: readonly Life[]): readonly Life[] =>
  lives.map(({ from, until }) => ({ from, until: Math.min(until, instant) }))
