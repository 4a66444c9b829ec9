import { expect } from 'vitest'
import type { Outcomes } from './protocol.ts'
import type { Fleet } from './start-fleet.ts'

/**
 * Checks what the calls of a fleet got, and how many tokens were requested.
 *
 * A process waits 2 s for the lock of an application's token. On a busy machine, the process that has the lock can take
 * longer. Then another one requests a token, too, as it should.
 */
export function expectCounts(fleet: Fleet, outcomes: Outcomes, requests: number, { user }: { user?: string }): void {
  const { tokenRequests, ...counts } = fleet.counts()
  expect(counts).toEqual({ outcomes, rejected: 0 })
  expect(tokenRequests).toBeGreaterThanOrEqual(requests)
  expect(tokenRequests).toBeLessThanOrEqual(user === undefined ? requests + fleet.instances.length - 1 : requests)
}
