import { withTimeout } from '@oauthkit/core/plugin'
import type { RedisClient } from './redis-client.ts'

/** A wait for a lock that another caller holds. */
export type Wait = {
  /** Resolves when the lock is released. It also resolves after a while, because a dead holder sends no message. */
  readonly next: () => Promise<void>
  readonly end: () => void
}

/** Starts to wait. A client that can listen does so on its own connection. */
export async function createWait(
  client: RedisClient,
  channel: string,
  leaseMs: number,
  inTime: (answer: Promise<unknown>) => Promise<unknown>,
): Promise<Wait> {
  let isReleased = false
  let wake: (() => void) | undefined
  const listener = () => {
    isReleased = true
    wake?.()
  }
  const canListen = client.options?.RESP !== 2 && client.subscribe !== undefined
  // A listener asks only in case the holder died, so it asks seldom to keep the load on Redis low. A client that is not
  // allowed to listen must ask more often.
  const isListening = canListen && (await inTime(client.subscribe!(channel, listener)).then(isDone, isFailed))

  const longestMs = isListening ? Math.min(leaseMs / 5, 1000) : 250
  let pauseMs = isListening ? longestMs : 10
  return {
    next: async () => {
      const released = new Promise<void>((resolve) => (wake = resolve))
      // A random pause, so that the callers do not all ask at the same time.
      const ms = pauseMs * (0.5 + Math.random())
      pauseMs = Math.min(pauseMs * 1.5, longestMs)
      if (!isReleased) await withTimeout(released, ms, () => {})
      isReleased = false
    },
    end: () => {
      if (canListen) void client.unsubscribe?.(channel, listener).catch(() => {})
    },
  }
}

const isDone = () => true
const isFailed = () => false
