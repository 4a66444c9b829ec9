import { expect, test } from 'vitest'
import { listen } from '../src/web/listen.ts'
import { get } from './support.ts'

test('a token of 50,000 characters gets through', async () => {
  await using server = await listen(
    (request, response) => void response.end(String(request.headers.authorization?.length)),
    { host: '127.0.0.1', port: 0 },
  )
  const headers = { Authorization: `Bearer ${'x'.repeat(50_000)}`, Connection: 'close' }
  expect(await get(server.url, { headers })).toMatchObject({ status: 200, text: '50007' })
})
