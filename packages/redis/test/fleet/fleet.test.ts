import { describe, expect, test } from 'vitest'
import { expire, revoke, rotate } from './eight-processes.ts'
import { startFleet } from './start-fleet.ts'

/** Long enough for a slow machine. */
const timeout = 300_000

// fleet.long.test.ts has more expiries and rotations.
describe('eight processes', { timeout }, () => {
  test('make one token request when they start, one at each of 5 expiries, and one each time the token is revoked', async (context) => {
    const fleet = await startFleet(context, { size: 8 })
    const counts = await expire(fleet, 5)
    expect(counts).toEqual({ outcomes: { 200: 6 * 200 }, rejected: 0, tokenRequests: 6 })
    expect(await revoke(fleet, 3)).toBe(6 + 3)
  })

  test('lose no login in 20 rotations of a refresh token, although a second use would end the login', async (context) => {
    const counts = await rotate(await startFleet(context, { size: 8, user: 'ada' }), 20)
    expect(counts).toEqual({ outcomes: { token: 160, 200: 80 }, rejected: 0, tokenRequests: 20 })
  })
})
