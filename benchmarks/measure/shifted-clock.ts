import { install } from '@sinonjs/fake-timers'
import type { Servers } from '../server/start-servers.ts'

/**
 * Replaces the clocks of this process. They continue with the machine's, and can be advanced.
 *
 * Advance them only while nothing runs: timers stay those of the machine.
 */
export function shiftClocks(servers: Servers) {
  const clock = install({
    toFake: ['Date', 'performance'],
    shouldAdvanceTime: true,
    advanceTimeDelta: 5,
    now: Date.now(),
  })
  let offset = 0
  return {
    /** Advances the clocks of this process and of the servers. */
    async advance(ms: number): Promise<void> {
      offset += ms
      clock.tick(ms)
      await servers.set({ clockOffsetMs: offset })
    },
    end: () => clock.uninstall(),
  }
}
