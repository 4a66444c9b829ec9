import { describe, expect, test } from 'vitest'
import { rotate } from './rotate.ts'
import { lifetimeMs, startFleet } from './start-fleet.ts'

/** Long enough for a slow machine. */
const timeout = 300_000

describe('eight processes', { timeout }, () => {
  test('make one token request when they start, one at each of 20 expiries, and one each time the token is revoked', async (context) => {
    const fleet = await startFleet(context, { size: 8 })
    expect(await fleet.call(fleet.instances, 25)).toEqual({ 200: 200 })
    expect(fleet.counts().tokenRequests).toBe(1)
    for (let expiry = 1; expiry <= 20; expiry += 1) {
      fleet.advance(lifetimeMs)
      await fleet.call(fleet.instances, 25)
      expect(fleet.counts().tokenRequests).toBe(1 + expiry)
    }
    expect(fleet.counts()).toEqual({ outcomes: { 200: 21 * 200 }, rejected: 0, tokenRequests: 21 })

    for (let time = 1; time <= 10; time += 1) {
      fleet.advance(lifetimeMs / 2)
      fleet.emulator.revoke()
      expect(await fleet.call()).toEqual({ 200: 80 })
      expect(fleet.counts().tokenRequests).toBe(21 + time)
    }
  })

  test('lose no login in 100 rotations of a refresh token, although a second use would end the login', async (context) => {
    const counts = await rotate(await startFleet(context, { size: 8, user: 'ada' }), 100)
    expect(counts).toEqual({ outcomes: { token: 800, 200: 80 }, rejected: 0, tokenRequests: 100 })
  })
})
