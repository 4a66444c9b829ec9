import { expect, test } from 'vitest'
import { rotate } from './rotate.ts'
import { startFleet } from './start-fleet.ts'

test('eight processes lose no login in 1,000 rotations of a refresh token, although a second use would end the login', async (context) => {
  const counts = await rotate(await startFleet(context, { size: 8, user: 'ada' }), 1000)
  expect(counts).toEqual({ outcomes: { token: 8000, 200: 800 }, rejected: 0, tokenRequests: 1000 })
})
