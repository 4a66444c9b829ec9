import { withTimeout } from '@oauthkit/core/plugin'
import type { Commands } from './commands.ts'

/** A wait for a lock that another caller holds. */
export type Wait = {
  /** Resolves when the lock is released. It also resolves after a while, because a dead holder sends no message. */
  readonly next: () => Promise<void>
  readonly end: () => void
}

/** Starts to wait. A client that can listen does so. */
export async function createWait(
  commands: Commands,
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
  const listening = commands.listen?.(channel, listener)
  // A listener asks only in case the holder died, so it asks seldom to keep the load on Redis low. A client that is not
  // allowed to listen must ask more often.
  const isListening = listening && (await inTime(listening.ready).then(isDone, isFailed))

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
    end: () => listening?.end(),
  }
}

const isDone = () => true
const isFailed = () => false
