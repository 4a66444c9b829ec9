import { describe, expect, test } from 'vitest'
import { lifetimeMs, startFleet } from './start-fleet.ts'

/** Long enough for a slow machine. */
const timeout = 300_000

describe('eight processes', { timeout }, () => {
  test('make one token request when they start, and one at each of 20 expiries', async (context) => {
    const fleet = await startFleet(context, { size: 8 })
    expect(await fleet.call(fleet.instances, 25)).toEqual({ 200: 200 })
    expect(fleet.counts().tokenRequests).toBe(1)
    for (let expiry = 1; expiry <= 20; expiry += 1) {
      fleet.advance(lifetimeMs)
      await fleet.call(fleet.instances, 25)
      expect(fleet.counts().tokenRequests).toBe(1 + expiry)
    }
    expect(fleet.counts()).toEqual({ outcomes: { 200: 21 * 200 }, rejected: 0, tokenRequests: 21 })
  })

  test('make one token request each time the token is revoked', async (context) => {
    const fleet = await startFleet(context, { size: 8 })
    await fleet.call()
    for (let time = 1; time <= 10; time += 1) {
      fleet.advance(lifetimeMs / 2)
      fleet.emulator.revoke()
      expect(await fleet.call()).toEqual({ 200: 80 })
      expect(fleet.counts().tokenRequests).toBe(1 + time)
    }
  })

  test('lose no login in 1,000 rotations of a refresh token, although a second use would end the login', async (context) => {
    const fleet = await startFleet(context, { size: 8, user: 'ada' })
    for (let rotation = 1; rotation <= 1000; rotation += 1) {
      fleet.advance(lifetimeMs)
      expect(await fleet.get()).toEqual({ token: 8 })
      expect(fleet.counts().tokenRequests).toBe(rotation)
      if (rotation % 100 === 0) await fleet.call()
    }
    expect(fleet.counts()).toEqual({ outcomes: { token: 8000, 200: 800 }, rejected: 0, tokenRequests: 1000 })
  })
})
