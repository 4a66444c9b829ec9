import { expect } from 'vitest'
import { lifetimeMs, type Fleet } from './start-fleet.ts'

/** Lets all of eight processes make calls, and again each time the token has expired. Returns the counts. */
export async function expire(fleet: Fleet, expiries: number) {
  expect(await fleet.call(fleet.instances, 25)).toEqual({ 200: 200 })
  expect(fleet.counts().tokenRequests).toBe(1)
  for (let expiry = 1; expiry <= expiries; expiry += 1) {
    fleet.advance(lifetimeMs)
    await fleet.call(fleet.instances, 25)
    expect(fleet.counts().tokenRequests).toBe(1 + expiry)
  }
  return fleet.counts()
}

/** Revokes the token, and lets all of eight processes make calls, several times. Returns the number of token requests. */
export async function revoke(fleet: Fleet, times: number) {
  const { tokenRequests } = fleet.counts()
  for (let time = 1; time <= times; time += 1) {
    fleet.advance(lifetimeMs / 2)
    fleet.emulator.revoke()
    expect(await fleet.call()).toEqual({ 200: 80 })
    expect(fleet.counts().tokenRequests).toBe(tokenRequests + time)
  }
  return fleet.counts().tokenRequests
}

/**
 * Lets all of eight processes get a token each time it has expired: one of them redeems the refresh token. After each
 * 20 rotations, all make calls. Returns the counts.
 */
export async function rotate(fleet: Fleet, rotations: number) {
  for (let rotation = 1; rotation <= rotations; rotation += 1) {
    fleet.advance(lifetimeMs)
    expect(await fleet.get()).toEqual({ token: 8 })
    expect(fleet.counts().tokenRequests).toBe(rotation)
    if (rotation % 20 === 0) await fleet.call()
  }
  return fleet.counts()
}
