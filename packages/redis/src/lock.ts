import type { TokenStore } from '@oauthkit/core'
import { withTimeout } from '@oauthkit/core/plugin'
import { createLease } from './lease.ts'
import type { RedisClient } from './redis-client.ts'
import { startStopwatch } from './stopwatch.ts'
import { createWait } from './wait.ts'

/** Only the owner may extend or release: what is there after a lost lease is another's. */
const ifOwner = (then: string) => `if redis.call('get', KEYS[1]) == ARGV[1] then ${then} end return 0`
const extendScript = ifOwner("return redis.call('pexpire', KEYS[1], ARGV[2])")
/** Who waits is told; one who may not publish has released it all the same. A client's own prefix is for keys only. */
const releaseScript = ifOwner("redis.call('del', KEYS[1]) redis.pcall('publish', ARGV[3], '') return 1")

/**
 * Makes a lock of leases: a key that ends by itself, and is extended while the work runs.
 *
 * One Redis grants it, so it is as good as that Redis: after a failover two may hold it. Core redeems a refresh token
 * under it, and looks once more before it writes.
 */
export function createLock(client: RedisClient, leaseMs: number): NonNullable<TokenStore['lock']> {
  const waitMs = 6 * leaseMs
  const commandMs = leaseMs / 3

  /** A client that is offline queues a command for as long as it likes. */
  const inTime = <T>(answer: Promise<T>): Promise<T> =>
    withTimeout(answer, commandMs, () => {
      throw new Error(`Redis did not answer within ${Math.round(commandMs)} ms`)
    })

  const evaluate = async (script: string, key: string, owner: string): Promise<boolean> =>
    (await inTime(client.eval(script, { keys: [key], arguments: [owner, String(leaseMs), key] }))) === 1

  const release = (key: string, owner: string): Promise<boolean> => evaluate(releaseScript, key, owner)

  /** Gives the age of the lease if it was granted. */
  const acquire = async (key: string, owner: string): Promise<(() => number) | undefined> => {
    const sinceAsked = startStopwatch()
    try {
      const options = { condition: 'NX', expiration: { type: 'PX', value: leaseMs } } as const
      return (await inTime(client.set(key, owner, options))) === null ? undefined : sinceAsked
    } catch (error) {
      // It may have been granted all the same, or be granted later, by a client that queues.
      release(key, owner).catch(() => {})
      throw error
    }
  }

  return async (key, work, reread) => {
    const owner = crypto.randomUUID()
    let sinceAsked = await acquire(key, owner)
    if (sinceAsked === undefined) {
      const giveUpAt = performance.now() + waitMs
      const wait = await createWait(client, key, leaseMs, inTime)
      try {
        // What was released before anyone listened is found at once.
        for (;;) {
          const found = await reread?.()
          if (found !== undefined) return found
          sinceAsked = await acquire(key, owner)
          if (sinceAsked !== undefined) break
          if (performance.now() > giveUpAt) throw new Error(`others held the lock for ${waitMs} ms`)
          await wait.next()
        }
      } finally {
        wait.end()
      }
    }

    const lease = createLease(sinceAsked, leaseMs, () => evaluate(extendScript, key, owner))
    const giveBack = (): Promise<boolean> => {
      const isHeld = !lease.signal.aborted
      lease.end()
      return release(key, owner).then((isReleased) => isHeld && isReleased)
    }
    let result
    try {
      result = await work(lease)
    } catch (error) {
      await giveBack().catch(() => {})
      throw error
    }
    if (await giveBack()) return result
    // The work was not alone: whoever asked for the lock should know.
    throw new Error('the lock was lost while the work ran')
  }
}
