import { within, type TokenStore } from '@oauthkit/core'
import type { RedisClient } from './redis-client.ts'

/** Only the owner may extend or release: what is there after a lost lease is another's. */
const ifOwner = (command: string) => `if redis.call('get', KEYS[1]) == ARGV[1] then return ${command} end return 0`
const extendScript = ifOwner("redis.call('pexpire', KEYS[1], ARGV[2])")
const releaseScript = ifOwner("redis.call('del', KEYS[1])")

/** Makes a lock of leases that end by themselves, and are extended while the work runs. */
export function createLock(client: RedisClient, leaseMs: number, waitMs: number): NonNullable<TokenStore['lock']> {
  /** A client that is offline may queue a command for as long as it likes. */
  const inTime = (answer: Promise<unknown>) =>
    within(answer, leaseMs, () => {
      throw new Error(`Redis did not answer within ${leaseMs} ms`)
    })

  const evaluate = (script: string, key: string, owner: string) =>
    inTime(client.eval(script, { keys: [key], arguments: [owner, String(leaseMs)] }))

  /** Gives the instant that the lease counts from: before it was asked for, so that it ends here before it does there. */
  const acquire = async (key: string, owner: string): Promise<number> => {
    const startedAt = performance.now()
    const options = { condition: 'NX', expiration: { type: 'PX', value: leaseMs } } as const
    // Polling needs no second connection, which a subscriber or BLPOP would. The pauses grow with the time waited.
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
      const askedAt = performance.now()
      try {
        if ((await inTime(client.set(key, owner, options))) !== null) return askedAt
      } catch (error) {
        // It may have been granted, or be granted later, by a client that queues.
        evaluate(releaseScript, key, owner).catch(() => {})
        throw error
      }
      const jittered = pauseMs * (0.5 + Math.random())
      if (performance.now() + jittered > startedAt + waitMs) throw new Error(`others held the lock for ${waitMs} ms`)
      await within(new Promise<void>(() => {}), jittered, () => {})
    }
  }

  return async (key, work) => {
    const owner = crypto.randomUUID()
    const acquiredAt = await acquire(key, owner)
    const controller = new AbortController()
    const { signal } = controller
    const lose = () => controller.abort(new Error('the lock was lost while the work ran'))
    const endAt = (instant: number) => unref(setTimeout(lose, Math.max(instant - performance.now(), 0)))
    let end = endAt(acquiredAt + leaseMs)
    let isDone = false
    const extend = async () => {
      const askedAt = performance.now()
      // A failure is no loss yet: the next attempt may come in time.
      const answer = await evaluate(extendScript, key, owner).catch(() => undefined)
      if (isDone || signal.aborted || answer === undefined) return
      if (answer !== 1) return lose()
      clearTimeout(end)
      end = endAt(askedAt + leaseMs)
    }
    const extension = unref(setInterval(extend, leaseMs / 3))
    const stop = () => {
      isDone = true
      clearTimeout(end)
      clearInterval(extension)
    }

    try {
      const result = await work({ signal })
      stop()
      const isReleased = (await evaluate(releaseScript, key, owner)) === 1
      // The work was not alone: whoever holds the lock for it should know.
      if (signal.aborted || !isReleased) throw new Error('the lock was lost while the work ran')
      return result
    } catch (error) {
      if (!isDone) {
        stop()
        await evaluate(releaseScript, key, owner).catch(() => {})
      }
      throw error
    }
  }
}

/** A timer that does not keep a process alive, where there are such. */
function unref<T>(timer: T): T {
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}
