import { expect, test } from 'vitest'
import { startProvider } from './signing-provider.ts'
import { errorOf } from './support.ts'

test('a token response is read like that of a renewal: no type, nulls, a lifetime in quotes', async () => {
  const { enter } = await startProvider()
  const { token } = await enter({}, { token_type: undefined, refresh_token: null, expires_in: '60' })
  expect(token).toMatchObject({ accessToken: 'token', idToken: expect.any(String) })
  expect((token.expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(60_000)
  await expect(enter({}, { expires_in: null })).resolves.toBeDefined()
})

test.each([
  ['a second audience, even if azp is the client', { aud: ['app', 'other'], azp: 'app' }, 'aud'],
  ['another azp', { azp: 'other' }, 'azp'],
  [
    'an iat in the future',
    { iat: Math.floor(Date.now() / 1000) + 600, exp: Math.floor(Date.now() / 1000) + 900 },
    'iat',
  ],
  ['an empty sub', { sub: '' }, 'sub'],
])('an ID token with %s is refused', async (_what, claims, part) => {
  const { enter } = await startProvider()
  const error = await errorOf(enter(claims))
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', message: expect.stringContaining(`(${part})`) })
})

test.each<[string, object]>([
  ['one trusted audience', { aud: ['app', 'api'], azp: 'app' }],
  ['all trusted audiences', { aud: ['https://api.example', 'app', 'api'], azp: 'app' }],
  ['only the client', { aud: 'app' }],
])('an ID token with %s is accepted', async (_what, claims) => {
  const { enter } = await startProvider({ trustedAudiences: ['api', 'https://api.example'] })
  await expect(enter(claims)).resolves.toBeDefined()
})

test.each<[string, object]>([
  ['a trusted and another audience', { aud: ['app', 'api', 'other'], azp: 'app' }],
  ['a trusted audience without the client', { aud: ['api'], azp: 'app' }],
  ['several audiences without azp', { aud: ['app', 'api'] }],
  ['several audiences and a trusted azp', { aud: ['app', 'api'], azp: 'api' }],
])('an ID token with %s is refused', async (_what, claims) => {
  const { enter } = await startProvider({ trustedAudiences: ['api'] })
  expect(await errorOf(enter(claims))).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
})

test('an audience that is a list of only the client is accepted', async () => {
  const { enter } = await startProvider()
  await expect(enter({ aud: ['app'], azp: 'app' })).resolves.toBeDefined()
})

test.each([
  ['with an id', 'k1', 'k2'],
  ['with the same id', 'k1', 'k1'],
  ['without an id', undefined, undefined],
])('rotated keys %s are found at once, with one request', async (_how, kid, next) => {
  const { enter, rotate, counters } = await startProvider(kid === undefined ? {} : { kid })
  await enter()
  await enter()
  expect(counters.keys).toBe(1)
  await rotate(next)
  await enter()
  await enter()
  expect(counters.keys).toBe(2)
})

test('five wrong signatures in a row cost only two requests for keys', async () => {
  const { enter, forge, counters } = await startProvider()
  await forge()
  for (let count = 0; count < 5; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await errorOf(enter())).toMatchObject({ code: 'TOKEN_MALFORMED' })
  }
  expect(counters.keys).toBe(2)
})

test('keys that cannot be read are TOKEN_MALFORMED', async () => {
  const { enter, breakKeys } = await startProvider()
  breakKeys()
  expect(await errorOf(enter())).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
})
