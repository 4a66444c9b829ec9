import { expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { showSharing } from '../show-sharing.ts'

test('four processes that share a Redis ask for one token in all', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const redis = await startRedis()
  try {
    expect(await showSharing(redis.url)).toBe(true)
    expect(log.mock.calls.join('\n')).toContain('200 calls at once, 200 ok, token requests in all: 1.')
  } finally {
    await redis.stop()
    log.mockRestore()
  }
})
