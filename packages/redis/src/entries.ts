import type { TokenStore } from '@oauthkit/core'
import type { Commands } from './commands.ts'

/** The entries of a store, without its lock. */
export type Entries = Required<Omit<TokenStore, 'lock'>>

/**
 * Writes an entry if it is still in the state that was read before. The state is `=` and the text, `no text`, `wrong type`,
 * or nothing if there is no entry.
 *
 * Some clients send a command again when its answer is lost. Then the entry is already the new one, which is a success.
 * An entry of another type than a string has no text to compare, and bytes that are not UTF-8 come as another text. So
 * each such entry counts as the same.
 */
const replaceScript = `
local current = redis.pcall('get', KEYS[1])
local state = ''
if type(current) == 'string' then
  state = '=' .. current
  if ARGV[1] == 'no text' and not pcall(cjson.decode, current) then state = 'no text' end
elseif current then state = 'wrong type' end
if state ~= ARGV[1] and state ~= '=' .. ARGV[2] then return 0 end
if ARGV[3] then redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
else redis.call('set', KEYS[1], ARGV[2]) end
return 1`

/** Reads and writes tokens as JSON. Redis takes lifetimes in whole milliseconds only. */
export function createEntries(commands: Commands, prefix: string): Entries {
  const readState = async (key: string): Promise<string> => {
    try {
      const text = await commands.get(prefix + key)
      if (text === null) return ''
      return text.includes('\uFFFD') && typeof parse(text) === 'string' ? 'no text' : `=${text}`
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return 'wrong type'
      throw error
    }
  }

  return {
    get: async (key) => valueOf(await readState(key)),
    set: async (key, token, ttlMs) => {
      await commands.set(prefix + key, JSON.stringify(token), ttlMs === undefined ? undefined : Math.ceil(ttlMs))
    },
    delete: (key) => commands.del(prefix + key),
    replace: async (key, isExpected, next, ttlMs) => {
      const text = JSON.stringify(next)
      const state = await readState(key)
      if (!isExpected(valueOf(state))) return false
      const expiration = ttlMs === undefined ? [] : [String(Math.ceil(ttlMs))]
      return commands.run(replaceScript, prefix + key, state, text, ...expiration)
    },
  }
}

/**
 * Returns what is stored. For an entry that no store wrote, that is a text or an object which is not a token. Core then
 * reports a wrong entry, continues without a token, and writes over the entry.
 */
function valueOf(state: string): unknown {
  if (state === '') return null
  if (!state.startsWith('=')) return { unreadable: 'it is not a text of Redis' }
  return parse(state.slice(1))
}

/** Returns the value of a JSON text, or the text itself if it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
