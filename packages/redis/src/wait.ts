import { withTimeout } from '@oauthkit/core/plugin'
import type { RedisClient } from './redis-client.ts'

/** A wait for a lock that others hold. */
export type Wait = {
  /** Comes back when the lock was released, or after a while, since one whose holder died says nothing. */
  readonly next: () => Promise<void>
  readonly end: () => void
}

/** Starts to wait: by listening where the client can, on its own connection. */
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
  // Whoever listens asks only in case that the holder died; a crowd that asks more often is a load. Where Redis does not
  // allow it, it has to be asked more often.
  const isListening = canListen && (await inTime(client.subscribe!(channel, listener)).then(isDone, isFailed))

  const longestMs = isListening ? Math.min(leaseMs / 5, 1000) : 250
  let pauseMs = isListening ? longestMs : 10
  return {
    next: async () => {
      const released = new Promise<void>((resolve) => (wake = resolve))
      // Not all at the same time.
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
