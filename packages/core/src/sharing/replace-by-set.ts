import type { Token } from '../token.ts'
import type { Guard } from './guarded-store.ts'

/**
 * Writes over an expected entry of a store that has no `replace`: reads the entry, checks it, and writes. If `read` and
 * `write` are synchronous, as in a Map, nothing can happen in between. Returns `false` if the write failed.
 */
export async function replaceBySet(
  guard: Guard,
  read: () => unknown,
  check: (current: unknown) => boolean,
  write: () => unknown,
  token: Token,
): Promise<boolean> {
  let reading: unknown
  const written = await guard(
    'set',
    () => {
      reading = startReading(read)
      return isPromise(reading) || !check(reading) ? undefined : write()
    },
    token,
  )
  if (!isPromise(reading)) return 'value' in written
  const answer = await guard('get', () => reading)
  // If it cannot be read, it counts as unchanged.
  if ('value' in answer && !check(answer.value)) return true
  return 'value' in (await guard('set', write, token))
}

/** Returns an error as a promise, so that it counts as one of the reading. */
function startReading(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Whether a value is a promise of any kind: a store's library can have its own. */
const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (Object(value) as Partial<PromiseLike<unknown>>).then === 'function'
