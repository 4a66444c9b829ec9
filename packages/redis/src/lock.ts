import type { TokenStore } from '@oauthkit/core'
import { withTimeout } from '@oauthkit/core/plugin'
import type { Commands } from './commands.ts'
import { createLease } from './lease.ts'
import { startStopwatch } from './stopwatch.ts'
import { createWait } from './wait.ts'

/** The longest lease that the options allow, in milliseconds. */
export const longestLeaseMs = 3_600_000

/**
 * Takes the lock if it is free, or if it is broken. An entry that stays for longer than any lease, or for ever, is no
 * lock of this store: no process would release it. Its type does not matter. A caller that already has the lock gets it:
 * some clients send a command again when its answer is lost.
 */
export const acquireScript = `
local left = redis.call('pttl', KEYS[1])
if left >= 0 and left <= ${longestLeaseMs} and redis.pcall('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`

/** Only the owner extends or releases a lock: after a lost lease, the key can belong to another owner. */
const ifOwner = (then: string) => `if redis.pcall('get', KEYS[1]) == ARGV[1] then ${then} end return 0`
const extendScript = ifOwner("return redis.call('pexpire', KEYS[1], ARGV[2])")
/**
 * Releases the lock and tells the waiting callers. A user without the right to publish still releases it. The channel
 * is an argument, because a client puts its own prefix before keys only.
 */
const releaseScript = ifOwner("redis.call('del', KEYS[1]) redis.pcall('publish', ARGV[3], '') return 1")

/**
 * Creates a lock that is a lease: its key expires, and is extended while the work runs.
 *
 * A single Redis grants the lock, so two callers can hold it after a failover. Core redeems a refresh token under this
 * lock, and reads the store again before it writes.
 */
export function createLock(commands: Commands, leaseMs: number): NonNullable<TokenStore['lock']> {
  const waitMs = 6 * leaseMs
  const commandMs = leaseMs / 3

  /** Limits the time for a command, because a client that is offline queues it without a limit. */
  const inTime = <T>(answer: Promise<T>): Promise<T> =>
    withTimeout(answer, commandMs, () => {
      throw new Error(`Redis did not answer within ${Math.round(commandMs)} ms`)
    })

  const evaluate = (script: string, key: string, owner: string): Promise<boolean> =>
    inTime(commands.run(script, key, owner, String(leaseMs), key))

  const release = (key: string, owner: string): Promise<boolean> => evaluate(releaseScript, key, owner)

  /** Returns a function that measures the age of the lease, or `undefined` if Redis did not grant the lock. */
  const acquire = async (key: string, owner: string): Promise<(() => number) | undefined> => {
    const sinceAsked = startStopwatch()
    try {
      return (await evaluate(acquireScript, key, owner)) ? sinceAsked : undefined
    } catch (error) {
      // Redis may have granted the lock despite the error, or may grant it later if the client queued the command.
      release(key, owner).catch(() => {})
      throw error
    }
  }

  return async (key, work, reread) => {
    const owner = crypto.randomUUID()
    let sinceAsked = await acquire(key, owner)
    if (sinceAsked === undefined) {
      const giveUpAt = performance.now() + waitMs
      const wait = await createWait(commands, key, leaseMs, inTime)
      try {
        // The first round does not wait, because the lock may have been released before this caller listened.
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
    const endLease = (): Promise<boolean> => {
      const isHeld = !lease.signal.aborted
      lease.end()
      return release(key, owner).then((isReleased) => isHeld && isReleased)
    }
    let result
    try {
      result = await work(lease)
    } catch (error) {
      await endLease().catch(() => {})
      throw error
    }
    if (await endLease()) return result
    // Another caller may have worked at the same time, and the caller of this lock must know that.
    throw new Error('the lock was lost while the work ran')
  }
}
