import { expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { showSharing } from '../show-sharing.ts'

test('four processes that share a Redis send one token request in total', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const redis = await startRedis()
  try {
    expect(await showSharing(redis.url)).toBe(true)
    expect(log.mock.calls.join('\n')).toContain('Calls: 200, ok: 200, token requests: 1.')
  } finally {
    await redis.stop()
    log.mockRestore()
  }
})
