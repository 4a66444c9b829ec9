import { expect, test } from 'vitest'
import type { Token, TokenSourceOptions } from '../../src/index.ts'
import { provider, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const token: Token = { accessToken: 'one', refreshToken: 'two', scope: 'granted', expiresAt: 0 }

/** Returns the scope of the request that redeems the token. */
async function scopeSent(options: TokenSourceOptions) {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { grant: signedIn, key: 'ada', ...options })
  await source.setToken(token)
  await source.getToken()
  return new URLSearchParams(await endpoint.requests[0]?.text()).get('scope')
}

test.each([
  ['an application in memory', {}],
  ['a source with a store', { store: new Map<string, Token>() }],
])('if the provider wants it, a request with a refresh token names the scope: %s', async (_what, own) => {
  const asking = { ...provider, refreshWithScope: true }
  expect(await scopeSent({ ...own, provider: asking, scope: 'own' })).toBe('own')
  expect(await scopeSent({ ...own, provider: asking })).toBe('granted')
})

test('otherwise it names none, also if the option scope is set', async () => {
  expect(await scopeSent({ scope: 'own' })).toBe(null)
})
