import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { authorized, callback, pkce, useOpenId } from './openid-support.ts'
import { bearer, form, requestToken, ways } from './support.ts'

const base = 'https://api.orange.com/openidconnect/fr/v1'
const site = { base, logout: '', api: 'https://api.orange.com' }
const scope = 'openid form_filling'

describe.each(ways)('Orange France, %s', (way) => {
  const { emulator, addressOf, send, json, callbackOf, exchange, tokens, refresh } = useOpenId(way, site)
  const { orange } = emulator
  const status = async (url: string, accessToken: string) => (await json(url, bearer(accessToken))).status
  const machineToken = async () => {
    const response = await requestToken(addressOf('https://api.orange.com'), {
      fetch: way === 'in process' ? emulator.fetch : fetch,
    })
    return (await response.json()).access_token
  }

  test('publishes metadata without userinfo_endpoint, with an issuer on another host', async () => {
    const moved = addressOf(base)
    expect((await json(`${base}/.well-known/openid-configuration`)).body).toEqual({
      issuer: addressOf('https://openid.orange.fr'),
      authorization_endpoint: `${moved}/authorize`,
      token_endpoint: `${moved}/token`,
      jwks_uri: `${moved}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })

  test('signs users in', async () => {
    const challenge = { code_challenge: pkce.challenge, code_challenge_method: 'S256' }
    const { code, ...rest } = await callbackOf({ scope, nonce: 'n', ...challenge })
    expect(rest).toEqual({ state: 'the state' })
    expect(code).toMatch(/^OFR-[\w-]{43}$/)
    const { status: answered, body } = await exchange(code, { code_verifier: pkce.verifier })
    expect([answered, body]).toEqual([
      200,
      {
        token_type: 'Bearer',
        access_token: expect.stringMatching(/^OFR-[\w-]{43}$/),
        expires_in: 3600,
        scope,
        id_token: expect.any(String),
      },
    ])
    const keys = createLocalJWKSet((await json(`${base}/jwks`)).body)
    const { payload } = await jwtVerify(body.id_token, keys, { currentDate: new Date(emulator.clock.now()) })
    expect(payload).toEqual({
      iss: addressOf('https://openid.orange.fr'),
      sub: '7b1f60d2c94e4a58',
      aud: 'emulated-client',
      nonce: 'n',
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
    })
  })

  test.each([
    ['no state', { scope, state: undefined }, { error: 'invalid_request' }],
    ['an empty state', { scope, state: '' }, { error: 'invalid_request', state: '' }],
    ['no scope', {}, { error: 'invalid_scope', state: 'the state' }],
    ['a scope without openid', { scope: 'openid2' }, { error: 'invalid_scope', state: 'the state' }],
  ])('refuses an authorization request with %s', async (_, request, error) => {
    expect(await callbackOf(request)).toEqual({ ...error, error_description: expect.any(String) })
  })

  test('returns only sub, by GET and by POST', async () => {
    orange.users.set('other', { password: 'secret', claims: { sub: '2', name: 'Other' } })
    const { code } = await callbackOf({ scope }, { user: 'other', password: 'secret' })
    const { body } = await exchange(code)
    for (const method of ['GET', 'POST']) {
      const answer = await send(`${base}/userinfo`, { method, ...bearer(body.access_token) })
      expect(await answer.json()).toEqual({ sub: '2' })
      expect(answer.headers.get('x-oapi-request-id')).toMatch(/./)
    }
    const refused = await send(`${base}/userinfo`, { method: 'PUT', ...bearer(body.access_token) })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, POST'])
    expect((await send(`${base}/authorize`)).headers.get('x-oapi-request-id')).toMatch(/./)
  })

  test.each(['/formfilling/fr/v1/echo', '/userdetails/fr/v2/echo', '/3legged/sandbox/fr/v1/echo'])(
    'accepts users’ tokens at %s, and no other tokens',
    async (path) => {
      const url = `https://api.orange.com${path}`
      const { access_token: accessToken } = await tokens({ scope })
      expect(await status(url, accessToken)).toBe(200)
      const rejection = (code: number) => ({ status: 401, challenge: 'error="invalid_token"', body: { code } })
      expect(await json(url, bearer(await machineToken()))).toMatchObject(rejection(41))
      expect(await json(url)).toMatchObject(rejection(40))
      expect(await json(url, bearer('OFR-guess'))).toMatchObject(rejection(41))
      emulator.clock.advance(3_600_000)
      expect(await json(url, bearer(accessToken))).toMatchObject(rejection(42))
    },
  )

  test('challenges a bad token at user info without a scheme, and a missing token with the scheme only', async () => {
    const rejection = (challenge: string) => ({ status: 401, challenge, body: { error: 'invalid_token' } })
    const { access_token: accessToken } = await tokens({ scope })
    for (const bad of ['OFR-guess', await machineToken()]) {
      expect(await json(`${base}/userinfo`, bearer(bad))).toMatchObject(rejection('error="invalid_token"'))
    }
    expect(await json(`${base}/userinfo`)).toMatchObject(rejection('Bearer'))
    emulator.clock.advance(3_600_000)
    expect(await json(`${base}/userinfo`, bearer(accessToken))).toMatchObject(rejection('error="invalid_token"'))
  })

  test('accepts users’ tokens and machines’ tokens at their own APIs only', async () => {
    const { access_token: accessToken } = await tokens({ scope })
    expect(await status('https://api.orange.com/echo', accessToken)).toBe(401)
    expect(await status('https://api.orange.com/camara/playground/admin/echo', accessToken)).toBe(401)
    expect(await status('https://api.orange.com/camara/playground/api/echo', accessToken)).toBe(403)
    expect(await status(`${base}/userinfo`, await machineToken())).toBe(401)
  })

  test('authenticates the client by Basic only, and refuses the client credentials grant', async () => {
    const { code = '' } = await callbackOf({ scope })
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback }
    const inForm = { ...fields, client_id: 'emulated-client', client_secret: 'emulated-secret' }
    expect(await json(`${base}/token`, form(inForm))).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const unsupported = { status: 400, body: { error: 'unsupported_grant_type' } }
    expect(await json(`${base}/token`, form({ grant_type: 'client_credentials' }, authorized))).toMatchObject(
      unsupported,
    )
    const headers = { ...authorized, Accept: 'application/json' }
    expect(await json('https://api.orange.com/oauth/v3/token', form(fields, headers))).toMatchObject(unsupported)
    expect((await exchange(code)).status).toBe(200)
  })

  test('issues refresh tokens if they are switched on, and forgets them at reset()', async () => {
    orange.refreshTokens = true
    const { refresh_token: first } = await tokens({ scope })
    const { status: answered, body } = await refresh(first)
    expect([answered, body.scope]).toEqual([200, scope])
    orange.reset()
    expect((await refresh(body.refresh_token)).status).toBe(400)
  })

  test('restores its first key at reset()', async () => {
    const count = async () => (await json(`${base}/jwks`)).body.keys.length
    await orange.keys.rotate()
    expect(await count()).toBe(2)
    orange.reset()
    expect(await count()).toBe(1)
  })
})
