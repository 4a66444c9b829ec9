import { expect } from 'vitest'
import { lifetimeMs, type Fleet } from './start-fleet.ts'

/**
 * Lets all of eight processes get a token each time it has expired: one of them redeems the refresh token. After each
 * 100 rotations, all make calls. Returns the counts.
 */
export async function rotate(fleet: Fleet, rotations: number) {
  for (let rotation = 1; rotation <= rotations; rotation += 1) {
    fleet.advance(lifetimeMs)
    expect(await fleet.get()).toEqual({ token: 8 })
    expect(fleet.counts().tokenRequests).toBe(rotation)
    if (rotation % 100 === 0) await fleet.call()
  }
  return fleet.counts()
}
