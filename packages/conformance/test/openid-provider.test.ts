import { bearer, clientSecretBasic, createTokenSource, plainBasic, revoke, type ClientAuth } from '@oauthkit/core'
import { requestToken } from '@oauthkit/core/plugin'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { allCharacters, withForm, withHeader, withKey } from './openid-clients.ts'
import { startOpenIdProvider, type Granted } from './openid.ts'
import { passSeconds } from './pass-seconds.ts'
import { shownBy } from './strings-within.ts'
import { errorOf } from './support.ts'

const parameters = { grant_type: 'client_credentials' }

describe('a client', () => {
  test.each([
    ['its secret in the header', () => withHeader()],
    ['its secret in the form', () => withForm()],
    ['an RS256 assertion', () => withKey('RS256')],
    ['a PS256 assertion', () => withKey('PS256')],
    ['an ES256 assertion', () => withKey('ES256')],
    ['an EdDSA assertion', () => withKey('EdDSA')],
    ['an Ed25519 assertion', () => withKey('Ed25519')],
  ])('that authenticates with %s gets a token that the API accepts', async (_way, make) => {
    const { options, api, control } = await startOpenIdProvider(await make())
    const source = createTokenSource({ ...options, scope: 'orders:read orders:write' })
    const granted = { clientId: options.clientId, scope: 'orders:read orders:write' }
    expect(await ky.extend(bearer(source)).get(api).json<Granted>()).toEqual(granted)
    expect(await source.getToken()).toMatchObject({ scope: granted.scope })
    expect(await control('counters')).toEqual({ tokenRequests: 1, apiCalls: 1, apiRejections: 0 })
  })

  test.each([
    ['the token endpoint', () => ({}), 'tokenEndpoint'],
    ['the issuer, if assertionAudience names it', (issuer: string) => ({ assertionAudience: issuer }), 'issuer'],
  ] as const)('signs an assertion for %s', async (_audience, more, expected) => {
    const { options, control } = await startOpenIdProvider(await withKey('ES256'))
    const provider = { ...options.provider, ...more(options.provider.issuer) }
    expect(await requestToken({ ...options, provider, parameters })).toHaveProperty('accessToken')
    expect(await control('assertions')).toMatchObject([{ aud: provider[expected] }])
  })

  test('learns which scope the server granted, if that is less than the client requested', async () => {
    const { options, api } = await startOpenIdProvider(withHeader())
    const source = createTokenSource({ ...options, resource: api, scope: 'orders:read unknown' })
    const granted = { clientId: options.clientId, scope: 'orders:read', audience: api }
    expect(await ky.extend(bearer(source)).get(api).json<Granted>()).toEqual(granted)
    expect(await source.getToken()).toMatchObject({ scope: 'orders:read' })
  })
})

describe('a client that cannot prove who it is', () => {
  test.each([
    ['has another secret in the header', () => withHeader({ clientSecret: 'another-secret' })],
    ['has another secret in the form', () => withForm({ clientSecret: 'another-secret' })],
    ['has an id that the server does not know', () => withHeader({ clientId: 'unknown' })],
    ['has another key', async () => ({ ...(await withKey('ES256')), options: (await withKey('ES256')).options })],
    ['signs for another server', () => withKey('ES256', { audience: 'https://another.example' })],
  ])('is refused if it %s, and the error shows no secret that it sent', async (_why, make) => {
    const { options, control } = await startOpenIdProvider(await make())
    const sent: string[] = []
    const record: typeof fetch = (input, init) => {
      const form = new URLSearchParams(init?.body as string)
      const credential = new Headers(init?.headers).get('authorization')?.split(' ')[1]
      sent.push(credential ?? form.get('client_secret') ?? form.get('client_assertion') ?? '')
      return fetch(input, init)
    }
    const error = await errorOf(requestToken({ ...options, parameters, fetch: record }))
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED', provider: 'openid', status: 401, error: 'invalid_client' })
    expect(await control('counters')).toMatchObject({ tokenRequests: 1 })
    const shown = shownBy(error)
    for (const secret of ['another-secret', allCharacters, ...sent]) expect(shown).not.toContain(secret)
  })
})

describe('plainBasic', () => {
  /** Starts a provider, and requests two tokens: with the standard encoding and with the plain one. */
  async function askBothWays(clientId: string, clientSecret: string) {
    const client = {
      metadata: { client_id: clientId, client_secret: clientSecret },
      options: { clientId, clientSecret },
    }
    const { options } = await startOpenIdProvider(client)
    const ask = (clientAuth: ClientAuth) => requestToken({ ...options, parameters, clientAuth })
    return { standard: await ask(clientSecretBasic), plain: ask(plainBasic) }
  }

  test('works like the standard for letters and digits', async () => {
    const { plain } = await askBothWays('app1', 'Secret123')
    expect(await plain).toHaveProperty('accessToken')
  })

  test.each([
    ['a plus in the secret', 'app', 'a+b', 'invalid_client'],
    ['an escape in the secret', 'app', 'a%2Fb', 'invalid_client'],
    ['a percent sign in the secret', 'app', '50% off', 'invalid_request'],
    ['a plus in the id', 'my+app', 'Secret123', 'invalid_client'],
  ])('is refused by a server that decodes according to the standard: %s', async (_what, id, secret, error) => {
    const { standard, plain } = await askBothWays(id, secret)
    expect(standard).toHaveProperty('accessToken')
    expect(await errorOf(plain)).toMatchObject({ code: 'TOKEN_REFUSED', error })
  })
})

describe('an assertion', () => {
  test('is refused when it is sent a second time', async () => {
    const { options, control } = await startOpenIdProvider(await withKey('ES256'))
    const statuses: number[] = []
    const sendTwice: typeof fetch = async (input, init) => {
      const first = await fetch(input, init)
      const second = await fetch(input, init)
      statuses.push(first.status, second.status)
      return second
    }
    const error = await errorOf(requestToken({ ...options, parameters, fetch: sendTwice }))
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client' })
    expect(statuses).toEqual([200, 401])
    const [first, second] = await control('assertions')
    expect(first).toEqual(second)
  })

  test('is a new one for each token request, even after a lost response', async () => {
    const { options, control } = await startOpenIdProvider(await withKey('ES256'))
    const source = createTokenSource(options)
    for (let round = 0; round < 6; round += 1) {
      // oxlint-disable no-await-in-loop -- one after the other
      await source.getToken()
      await source.clear()
      // oxlint-enable no-await-in-loop
    }
    await control('loseAnswers', 1)
    // On a busy machine, the second in which the source asks again can be over. Then another one asks.
    const token = await source.getToken().catch(() => createTokenSource(options).getToken())
    expect(token).toHaveProperty('accessToken')
    const assertions = await control('assertions')
    expect(assertions).toHaveLength(8)
    expect(new Set(assertions.map(({ jti }) => jti)).size).toBe(8)
  })
})

describe('a revoked token', () => {
  test.each([
    ['its secret', () => withHeader()],
    ['an assertion', () => withKey('ES256')],
  ])('does not work any more, and the next call gets another (the client uses %s)', async (_way, make) => {
    const { options, api, control } = await startOpenIdProvider(await make())
    const source = createTokenSource(options)
    const client = ky.extend(bearer(source))
    await client.get(api)
    const { accessToken } = await source.getToken()
    await revoke({ ...options, token: accessToken })
    const { status } = await fetch(api, { headers: { authorization: `Bearer ${accessToken}` } })
    expect(status).toBe(401)
    expect(await client.get(api).json<Granted>()).toEqual({ clientId: options.clientId })
    expect(await control('counters')).toEqual({ tokenRequests: 2, apiCalls: 4, apiRejections: 2 })
    expect(await source.getToken()).not.toMatchObject({ accessToken })
  })

  test('can be one that the server does not know', async () => {
    const { options } = await startOpenIdProvider(withForm())
    expect(await revoke({ ...options, token: 'unknown' })).toBeUndefined()
  })
})

describe('a token', () => {
  test.each([
    ['in the background of a call, near the end', 3400, ['served', 'renewed']],
    ['before a call, after the end', 3601, ['renewed']],
  ])('is renewed %s of the lifetime that the server names', async (_when, seconds, expected) => {
    const { options, api, control } = await startOpenIdProvider(withHeader(), { lifetime: 3600 })
    const events: string[] = []
    const renewals: Promise<unknown>[] = []
    const client = ky.extend(
      bearer(
        createTokenSource({
          ...options,
          onEvent: ({ type }) => events.push(type),
          waitUntil: (renewal) => renewals.push(renewal),
        }),
      ),
    )
    await client.get(api)
    events.length = 0
    passSeconds(seconds)
    await client.get(api)
    await Promise.all(renewals)
    expect(events).toEqual(expected)
    expect(await control('counters')).toEqual({ tokenRequests: 2, apiCalls: 2, apiRejections: 0 })
  })

  test('that lives for two seconds expires, and no call fails', async ({ signal }) => {
    const { options, api } = await startOpenIdProvider(withHeader(), { lifetime: 2 })
    const source = createTokenSource(options)
    const client = ky.extend(bearer(source))
    const { accessToken } = await source.getToken()
    const headers = { authorization: `Bearer ${accessToken}` }
    const isGood = async () => (await fetch(api, { headers, signal })).ok
    // oxlint-disable-next-line no-await-in-loop -- one call after the other, until the server rejects the first token
    while (await isGood()) await client.get(api)
    expect(await client.get(api).json<Granted>()).toEqual({ clientId: options.clientId })
    expect(await source.getToken()).not.toMatchObject({ accessToken })
  })
})

describe('a request that the server refuses', () => {
  test.each([
    ['a scope that is not allowed for the client', { ...parameters, scope: 'orders:delete' }, 'invalid_scope'],
    ['a resource that it does not know', { ...parameters, resource: 'https://another.example' }, 'invalid_target'],
    ['a grant that it does not know', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['a grant that is not allowed for the client', { grant_type: 'authorization_code' }, 'invalid_request'],
  ])('causes an error with the reason: %s', async (_what, form, error) => {
    const { metadata, options } = withHeader()
    const server = await startOpenIdProvider({ metadata: { ...metadata, scope: 'orders:read' }, options })
    expect(await errorOf(requestToken({ ...server.options, parameters: form }))).toMatchObject({
      code: 'TOKEN_REFUSED',
      status: 400,
      error,
      errorDescription: expect.stringMatching(/\w/),
    })
  })
})
