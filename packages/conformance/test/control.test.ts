import { createTokenSource } from '@oauthkit/core'
import { expect, test } from 'vitest'
import { isBrowser, startSite } from './support.ts'

test.each<[string, RequestInit]>([
  ['as text, which browsers send without asking', {}],
  ['as JSON', { headers: { 'content-type': 'application/json' } }],
])('a page of another origin does not control the emulator, %s; a program does, with JSON', async (_how, more) => {
  const { url, client } = await startSite()
  const order = { method: 'POST', body: '{"ms":1000}', ...more }
  const status = await fetch(`${url}/control/orange/lifetime`, order).then(
    (response) => response.status,
    () => 'blocked',
  )
  const isJson = more.headers !== undefined
  expect(status).toBe(isBrowser ? 'blocked' : isJson ? 200 : 415)
  const { expiresAt = 0 } = await createTokenSource(client).getToken()
  expect(expiresAt - Date.now() < 60_000).toBe(!isBrowser && isJson)
})
