import { bearer, createTokenSource, type Provider, type TokenSourceOptions } from '@oauthkit/core'
import { testProvider } from '@oauthkit/core/testing'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { entries } from './catalogue/documented.ts'
import { clientId, clientSecret, startServer } from './catalogue/server.ts'

/** Calls the API of a provider, and returns what the server noticed. */
async function callBy(provider: Provider, index: number, options: TokenSourceOptions = {}) {
  const { documented } = entries[index] ?? entries[0]!
  const server = startServer(documented)
  const source = createTokenSource({ provider, clientId, clientSecret, fetch: server.fetch, ...options })
  const api = ky.create({ fetch: server.fetch, retry: 0 }).extend(bearer(source))
  const outcome = await api.get(documented.call.url).then(
    ({ status }) => status,
    (error: unknown) => error,
  )
  return { ...server, outcome }
}

describe.each(entries.map((entry, index) => ({ ...entry, index, name: entry.provider.name })))(
  '$name',
  ({ provider, options, documented, index }) => {
    test('gets a token and calls its API as documented, by data alone', async () => {
      const { outcome, problems, calls } = await callBy(provider, index, options)
      expect(problems).toEqual([])
      expect(outcome).toBe(200)
      expect(calls()).toBe(1)
    })

    test('its token and its headers go to no other host', async () => {
      const sent: Headers[] = []
      const fetch: typeof globalThis.fetch = async (input, init) => {
        sent.push(new Request(input, init).headers)
        return Response.json({})
      }
      const source = createTokenSource({ provider, clientId, clientSecret, fetch, ...options })
      await ky.create({ fetch }).extend(bearer(source)).get('https://elsewhere.example/')
      const names = ['authorization', ...Object.keys(documented.call.headers ?? {})]
      expect(names.filter((name) => sent[0]?.has(name))).toEqual([])
    })
  },
)

for (const { provider } of entries) testProvider(test, provider)

test.each([
  ['another client authentication', 'france-travail', { clientAuth: () => {} }],
  ['a POST', 'safaricom', { tokenRequest: undefined }],
  ['a form', 'airtel', { tokenRequest: undefined }],
  ['no second credential', 'chorus-pro', { headers: undefined }],
  ['no subscription key', 'mtn-momo-collection', { clientAuth: () => {} }],
  ['the usual token types', 'mtn-momo-collection', { tokenTypes: undefined }],
  ['the usual names', 'own-names', { readTokenResponse: undefined }],
])('the servers notice what differs from the documentation: %s at %s', async (_what, name, own) => {
  const index = entries.findIndex(({ provider }) => provider.name === name)
  const { provider, options = {} } = entries[index]!
  const { outcome } = await callBy({ ...provider, ...own }, index, options)
  expect(outcome).not.toBe(200)
})
