import { sourceOver } from './support.ts'
import type { OwnTokenSource, Token, TokenEvent, TokenSourceOptions, TokenStore } from '../src/index.ts'

/** A database that several processes share. Each store opened on it is one process's own object, and keeps JSON. */
export function createDatabase() {
  const contents = new Map<string, string>()
  const queues = new Map<string, Promise<unknown>>()
  const operations: string[] = []

  const open = (own: Partial<TokenStore> = {}): TokenStore => ({
    async get(key) {
      operations.push('get')
      const text = contents.get(key)
      return text === undefined ? null : JSON.parse(text)
    },
    async set(key, token, ttlMs) {
      operations.push(ttlMs === undefined ? 'set' : `set for ${ttlMs}`)
      contents.set(key, JSON.stringify(token))
    },
    async delete(key) {
      operations.push('delete')
      contents.delete(key)
    },
    ...own,
  })

  /** The lock that all processes share. Work under one key runs one after the other. */
  const lock: NonNullable<TokenStore['lock']> = (key, work) => {
    const turn = (queues.get(key) ?? Promise.resolve()).then(() => {
      operations.push('lock')
      return work({ signal: new AbortController().signal })
    })
    queues.set(
      key,
      turn.catch(() => {}),
    )
    return turn
  }

  /** The stored tokens. */
  const tokens = () => [...contents.values()].map((text): Token => JSON.parse(text))

  return { contents, operations, open, lock, tokens }
}

/** Creates a source, and records its events. */
export function watch(endpoint: { fetch: typeof fetch }, options: TokenSourceOptions = {}) {
  const events: TokenEvent[] = []
  const source = sourceOver(endpoint, { onEvent: (event) => events.push(event), ...options })
  const types = () => events.map(({ type }) => type)
  return { source, events, types }
}

export const accessTokenOf = async (source: OwnTokenSource, rejected?: string) =>
  (await source.getToken({ rejected })).accessToken

/** Waits until a condition holds that no timer can bring about: another thread computes the hash of a key. */
export async function until(condition: () => unknown): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
