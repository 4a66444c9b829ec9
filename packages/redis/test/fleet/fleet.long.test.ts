import { expect, test } from 'vitest'
import { expire, revoke, rotate } from './eight-processes.ts'
import { startFleet } from './start-fleet.ts'

test('eight processes make one token request when they start, one at each of 20 expiries, and one each time the token is revoked', async (context) => {
  const fleet = await startFleet(context, { size: 8 })
  const counts = await expire(fleet, 20)
  expect(counts).toEqual({ outcomes: { 200: 21 * 200 }, rejected: 0, tokenRequests: 21 })
  expect(await revoke(fleet, 10)).toBe(21 + 10)
})

test('eight processes lose no login in 1,000 rotations of a refresh token, although a second use would end the login', async (context) => {
  const counts = await rotate(await startFleet(context, { size: 8, user: 'ada' }), 1000)
  expect(counts).toEqual({ outcomes: { token: 8000, 200: 4000 }, rejected: 0, tokenRequests: 1000 })
})
