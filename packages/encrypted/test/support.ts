import type { Token, TokenStore } from '@oauthkit/core'

/** Makes a key of random bytes. */
export const makeKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32))

/** A token that has every property. */
export const full: Token = {
  accessToken: 'access-secret',
  refreshToken: 'refresh-secret',
  idToken: 'id-secret',
  scope: 'read write',
  expiresAt: 4_102_444_800_000,
  extra: { text: 'Grüße', list: [1, null, { deep: true }] },
}

/** Creates a database that several processes share. `open` creates the store object of one process. It keeps JSON. */
export function createDatabase() {
  const contents = new Map<string, string>()
  const lifetimes: (number | undefined)[] = []
  const queues = new Map<string, Promise<unknown>>()

  const open = (own: Partial<TokenStore> = {}): TokenStore => ({
    async get(key) {
      const text = contents.get(key)
      return text === undefined ? null : JSON.parse(text)
    },
    async set(key, value, ttlMs) {
      lifetimes.push(ttlMs)
      contents.set(key, JSON.stringify(value))
    },
    async delete(key) {
      contents.delete(key)
    },
    ...own,
  })

  /** The lock that all processes share. It runs their work one after the other. */
  const lock: NonNullable<TokenStore['lock']> = (key, work) => {
    const turn = (queues.get(key) ?? Promise.resolve()).then(() => work({ signal: new AbortController().signal }))
    queues.set(
      key,
      turn.catch(() => {}),
    )
    return turn
  }

  /** Replaces entries in one step. Stores that are opened with it have a `replace`. */
  const replace: NonNullable<TokenStore['replace']> = async (key, isExpected, next, ttlMs) => {
    const text = contents.get(key)
    if (!isExpected(text === undefined ? null : JSON.parse(text))) return false
    await Promise.resolve()
    if (contents.get(key) !== text) return false
    lifetimes.push(ttlMs)
    contents.set(key, JSON.stringify(next))
    return true
  }

  /** Returns the entry of a key as it is stored. */
  const entry = (key: string): Record<string, string> => JSON.parse(contents.get(key) ?? 'null')
  /** Stores any value under a key. */
  const put = (key: string, value: unknown) => void contents.set(key, JSON.stringify(value))

  return { contents, lifetimes, open, lock, replace, entry, put }
}
