import { expect, test } from 'vitest'
import { createApp } from '../src/create-app.ts'
import { listen } from '../src/listen.ts'
import { get } from './support.ts'

test('a mistake of our own makes a 500 that gives nothing away; the stack is in the log', async () => {
  const log: string[] = []
  const findShops = () => Promise.reject(new Error('a bug'))
  const app = createApp({ findShops, log: (entry) => void log.push(entry) })
  await using server = await listen(app, { host: '127.0.0.1', port: 0 })
  const { status, text } = await get(`${server.url}/?postalCode=35000`)
  expect(status).toBe(500)
  expect(text).toContain('Something went wrong')
  expect(text).not.toMatch(/a bug|\.ts/)
  expect(log).toEqual([expect.stringMatching(/^GET \/ 500 Error: a bug\n\s+at .*create-app\.test\.ts/)])
})
