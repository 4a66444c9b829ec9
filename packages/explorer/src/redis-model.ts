type Entry = { readonly text: string; readonly endsAt: number }

/** The longest lease of a lock. An entry that stays for longer is no lock. */
const longestLeaseMs = 3_600_000

/**
 * A model of one Redis: the commands that the store sends, with its scripts. It answers at once, and reads the clock that
 * it is given. A test compares it with a real Redis.
 */
export function createRedisModel(now: () => number) {
  const entries = new Map<string, Entry>()
  /** All texts that were ever set. */
  const written = new Set<string>()
  const listeners = new Map<string, Set<() => void>>()

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry && entry.endsAt > now()) return entry
    entries.delete(key)
    return undefined
  }
  const get = (key: string): string | null => find(key)?.text ?? null
  const set = (key: string, text: string, ttlMs = Number.POSITIVE_INFINITY): void => {
    written.add(text)
    entries.set(key, { text, endsAt: now() + ttlMs })
  }
  const del = (key: string): number => Number(find(key) !== undefined && entries.delete(key))
  /** The time that is left, as PTTL has it: -2 without an entry, -1 without an end. */
  const timeLeft = (key: string): number => {
    const { endsAt = now() - 2 } = find(key) ?? {}
    return endsAt === Number.POSITIVE_INFINITY ? -1 : endsAt - now()
  }
  const stateOf = (key: string, isText: boolean): string => {
    const text = get(key)
    if (text === null) return ''
    return isText || isJson(text) ? `=${text}` : 'no text'
  }

  /** What each script does, by a part of its text that no other script has. */
  const scripts: readonly (readonly [part: string, run: (key: string, ...values: string[]) => boolean])[] = [
    [
      'cjson.decode',
      (key, ...[expected = '', text = '', ttlMs]) => {
        if (![expected, `=${text}`].includes(stateOf(key, expected !== 'no text'))) return false
        set(key, text, ttlMs === undefined ? undefined : Number(ttlMs))
        return true
      },
    ],
    [
      'pexpire',
      (key, owner = '', leaseMs = '') => {
        if (get(key) !== owner) return false
        set(key, owner, Number(leaseMs))
        return true
      },
    ],
    [
      'publish',
      (key, owner, _leaseMs, channel = '') => {
        if (get(key) !== owner) return false
        del(key)
        listeners.get(channel)?.forEach((listener) => listener())
        return true
      },
    ],
    [
      'pttl',
      (key, owner = '', leaseMs = '') => {
        const left = timeLeft(key)
        if (left >= 0 && left <= longestLeaseMs && get(key) !== owner) return false
        set(key, owner, Number(leaseMs))
        return true
      },
    ],
  ]

  return {
    get,
    set,
    del,
    written,
    timeLeft,
    eval: (script: string, key: string, values: readonly string[]): number => {
      const found = scripts.find(([part]) => script.includes(part))
      if (!found) throw new Error(`the model of Redis does not know this script: ${script}`)
      return Number(found[1](key, ...values))
    },
    subscribe: (channel: string, listener: () => void): void =>
      void listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
    unsubscribe: (channel: string, listener: () => void): void => void listeners.get(channel)?.delete(listener),
    /** The keys of all entries. */
    keys: (): readonly string[] => [...entries.keys()].filter((key) => find(key)),
  }
}

export type RedisModel = ReturnType<typeof createRedisModel>

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
