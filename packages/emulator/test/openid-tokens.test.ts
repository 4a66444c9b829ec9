import { decodeJwt } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { ap4, authorized, callback, pkce, production, useOpenId } from './openid-support.ts'
import { basic, bearer, form, ways } from './support.ts'

const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const sites = ways.flatMap((way) => [production, ap4].map((site) => ({ way, site, base: site.base })))
const challenge = { code_challenge: pkce.challenge, code_challenge_method: 'S256' }
const second = { Authorization: basic('second', 'secret') }

describe.each(sites)('the tokens of users at $base, $way', ({ way, site }) => {
  const { emulator, send, json, callbackOf, exchange, tokens, refresh } = useOpenId(way, site)
  const { bouygues } = emulator

  beforeEach(() => {
    bouygues.clients.set('second', 'secret')
  })

  const invalidGrant = (why: string) => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: expect.stringContaining(why) },
  })
  const echo = async (accessToken: string) => (await json(`${site.api}/any/echo`, bearer(accessToken))).status
  const userInfo = (accessToken?: string, method = 'POST') =>
    json(`${site.base}/userinfo`, { method, ...(accessToken !== undefined && bearer(accessToken)) })
  const revoke = (fields: Record<string, string>, headers: Record<string, string> = authorized) =>
    send(`${site.base}/revoke`, form(fields, headers))

  test('a code gets the response on the page', async () => {
    const { code } = await callbackOf()
    const url = `${site.base}/token`
    const fields = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback }
    const response = await send(url, form(fields, authorized))
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const body = await response.json()
    expect(body).toEqual({
      access_token: expect.stringMatching(new RegExp(`^at-${uuid}$`)),
      expires_in: 3600,
      token_type: 'Bearer',
      refresh_credit: 0,
      scope: 'ConsommationConsult openid identifiers roles profile',
      id_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{342}$/),
    })
    expect(bouygues.counters).toMatchObject({ tokenRequests: 1, tokensIssued: 1 })
  })

  test('a code works one time: a second use revokes its tokens', async () => {
    bouygues.refreshTokens = true
    const { code } = await callbackOf()
    const { body } = await exchange(code)
    expect(await echo(body.access_token)).toBe(200)
    expect(await exchange(code)).toMatchObject(invalidGrant('The code was used before'))
    expect(await echo(body.access_token)).toBe(401)
    expect(await refresh(body.refresh_token)).toMatchObject(invalidGrant('The refresh token is unknown'))
  })

  test('of two uses of a code at the same time, at most one keeps a token', async () => {
    const { code } = await callbackOf()
    const answers = await Promise.all([exchange(code), exchange(code)])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await echo(answers.find(({ status }) => status === 200)?.body.access_token)).toBe(401)
  })

  test('a code works for 60 s', async () => {
    const { code } = await callbackOf()
    emulator.clock.advance(60_000)
    expect(await exchange(code)).toMatchObject(invalidGrant('The code has expired'))
    const next = await callbackOf()
    emulator.clock.advance(59_000)
    expect(await exchange(next['code'])).toMatchObject({ status: 200 })
  })

  test('a code works for its client only, and another client does not use it up', async () => {
    const { code } = await callbackOf()
    expect(await exchange(code, {}, second)).toMatchObject(invalidGrant('The code is unknown'))
    expect(await exchange(code)).toMatchObject({ status: 200 })
  })

  test.each([
    ['another redirect URI', {}, { redirect_uri: `${callback}/` }, 'redirect_uri'],
    ['no redirect URI', {}, { redirect_uri: undefined }, 'redirect_uri'],
    ['a wrong verifier', challenge, { code_verifier: `${pkce.verifier}x` }, 'code_verifier'],
    ['no verifier', challenge, {}, 'code_verifier'],
    ['a verifier without a challenge', {}, { code_verifier: pkce.verifier }, 'code_verifier'],
  ])('a code with %s is refused, and used up', async (_, request, fields, why) => {
    const { code } = await callbackOf(request)
    expect(await exchange(code, fields)).toMatchObject(invalidGrant(why))
    const right = 'code_challenge' in request ? { code_verifier: pkce.verifier } : {}
    expect(await exchange(code, right)).toMatchObject(invalidGrant('The code was used before'))
  })

  test('a code with the verifier of its challenge is accepted', async () => {
    const { code } = await callbackOf(challenge)
    expect(await exchange(code, { code_verifier: pkce.verifier })).toMatchObject({ status: 200 })
  })

  test('a code that is unknown, missing, forgotten, or of a deleted user is refused', async () => {
    expect(await exchange('ac-guess')).toMatchObject(invalidGrant('The code is unknown'))
    expect(await exchange(undefined)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const { code } = await callbackOf()
    bouygues.reset()
    expect(await exchange(code)).toMatchObject(invalidGrant('The code is unknown'))
    bouygues.users.set('other', { password: 'secret', claims: { sub: '2' } })
    const gone = await callbackOf({}, { user: 'other', password: 'secret' })
    bouygues.users.delete('other')
    expect(await exchange(gone['code'])).toMatchObject(invalidGrant('The user is unknown'))
  })

  test('a code works in its own environment only', async () => {
    const other = site === production ? ap4 : production
    const { code = '' } = await callbackOf()
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback }
    expect(await json(`${other.base}/token`, form(fields, authorized))).toMatchObject(
      invalidGrant('The code is unknown'),
    )
    expect(await exchange(code)).toMatchObject({ status: 200 })
  })

  test('the client must authenticate', async () => {
    const { code } = await callbackOf()
    expect(await exchange(code, { client_id: 'emulated-client' }, {})).toEqual({
      status: 401,
      challenge: 'Basic',
      body: { error: 'invalid_client', error_id: expect.any(String), error_status: 401 },
    })
  })

  test('a user’s token is always new, never counts as early, and leaves the client’s own token valid', async () => {
    bouygues.sameToken = true
    const own = async () =>
      (await json(`${site.base}/token`, form({ grant_type: 'client_credentials' }, authorized))).body.access_token
    const first = await own()
    const users = [(await tokens()).access_token, (await tokens()).access_token]
    expect(bouygues.counters).toMatchObject({ tokensIssued: 3, earlyTokenRequests: 0 })
    expect(await own()).toBe(first)
    bouygues.sameToken = false
    expect(new Set([first, ...users]).size).toBe(3)
  })

  describe('refresh tokens', () => {
    test('are neither issued nor accepted by default', async () => {
      expect(await tokens()).not.toHaveProperty('refresh_token')
      expect(await refresh('rt-guess')).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
    })

    test('get new tokens of the same user, and another refresh token', async () => {
      bouygues.refreshTokens = true
      const before = await tokens({ nonce: 'n' })
      expect(before.refresh_token).toMatch(new RegExp(`^rt-${uuid}$`))
      const { status, body } = await refresh(before.refresh_token)
      expect([status, body]).toEqual([
        200,
        {
          ...before,
          access_token: expect.stringMatching(new RegExp(`^at-${uuid}$`)),
          refresh_token: expect.stringMatching(new RegExp(`^rt-${uuid}$`)),
          id_token: expect.any(String),
        },
      ])
      expect([body.access_token, body.refresh_token]).not.toContain(before.access_token)
      expect(body.refresh_token).not.toBe(before.refresh_token)
      const [old, renewed] = [decodeJwt(before.id_token), decodeJwt(body.id_token)]
      expect(renewed).toMatchObject({ sub: old.sub, iss: old.iss, aud: old.aud, auth_time: old['auth_time'] })
      expect([old['nonce'], renewed['nonce']]).toEqual(['n', undefined])
      expect(await echo(body.access_token)).toBe(200)
      expect((await refresh(body.refresh_token)).status).toBe(200)
    })

    test('work one time: a second use revokes all tokens of the sign-in', async () => {
      bouygues.refreshTokens = true
      const before = await tokens()
      const { body } = await refresh(before.refresh_token)
      expect(await refresh(before.refresh_token)).toMatchObject(invalidGrant('The refresh token was used before'))
      expect([await echo(before.access_token), await echo(body.access_token)]).toEqual([401, 401])
      expect(await refresh(body.refresh_token)).toMatchObject(invalidGrant('The refresh token is unknown'))
    })

    test('work for their client only', async () => {
      bouygues.refreshTokens = true
      const { refresh_token: refreshToken } = await tokens()
      expect(await refresh(refreshToken, second)).toMatchObject(invalidGrant('The refresh token is unknown'))
      expect((await refresh(refreshToken)).status).toBe(200)
      expect(await json(`${site.base}/token`, form({ grant_type: 'refresh_token' }, authorized))).toMatchObject({
        body: { error: 'invalid_request' },
      })
    })

    test('are forgotten by reset()', async () => {
      bouygues.refreshTokens = true
      const { refresh_token: refreshToken } = await tokens()
      bouygues.reset()
      expect(await refresh(refreshToken)).toMatchObject(invalidGrant('The refresh token is unknown'))
    })
  })

  describe('user info', () => {
    test('has the claims on the page', async () => {
      const { access_token: accessToken, id_token: idToken } = await tokens()
      const { status, body } = await userInfo(accessToken)
      expect(status).toBe(200)
      expect(body).toEqual({
        sub: expect.stringMatching(/^[0-9a-f]{64}$/),
        login_type: 'COMPTE_WEB_PROSPECT',
        roles: ['ROLE_FICTIF'],
        given_name: 'CAMILLE',
        acr: 'urn:bouyguestelecom:acr:classes:low',
        user_type: 'CLIENT',
        name: 'Camille Exemple',
        target_identity: false,
        partnerId: expect.stringMatching(new RegExp(`^${uuid}$`)),
        family_name: 'EXEMPLE',
      })
      expect(body.sub).toBe(decodeJwt(idToken).sub)
      expect(bouygues.counters).toMatchObject({ apiCalls: 1, apiRejections: 0 })
    })

    test('is requested by POST', async () => {
      const { access_token: accessToken } = await tokens()
      const response = await send(`${site.base}/userinfo`, bearer(accessToken))
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    })

    test('can be edited', async () => {
      bouygues.editUserInfo = (claims) => ({ ...claims, sub: 'someone-else' })
      expect(await userInfo((await tokens()).access_token)).toMatchObject({
        body: { sub: 'someone-else', name: 'Camille Exemple' },
      })
    })

    test('needs a valid token', async () => {
      const rejection = (challengeText: string) => ({
        status: 401,
        challenge: challengeText,
        body: { error: 'invalid_token', error_description: expect.any(String) },
      })
      expect(await userInfo()).toEqual(rejection('Bearer'))
      expect(await userInfo('at-guess')).toEqual(rejection('Bearer error="invalid_token"'))
      expect(bouygues.counters).toMatchObject({ apiCalls: 2, apiRejections: 2 })

      const other = site === production ? ap4 : production
      const { access_token: accessToken } = await tokens()
      expect(await json(`${other.base}/userinfo`, { method: 'POST', ...bearer(accessToken) })).toMatchObject({
        status: 401,
      })
      emulator.clock.advance(3_600_000)
      expect(await userInfo(accessToken)).toMatchObject({ status: 401 })

      bouygues.users.set('other', { password: 'secret', claims: { sub: '2' } })
      const { code } = await callbackOf({}, { user: 'other', password: 'secret' })
      const { body } = await exchange(code)
      expect(await userInfo(body.access_token)).toMatchObject({ body: { sub: '2' } })
      bouygues.users.delete('other')
      expect(await userInfo(body.access_token)).toMatchObject({ status: 401 })
    })

    test('needs the token of a user', async () => {
      const { body } = await json(`${site.base}/token`, form({ grant_type: 'client_credentials' }, authorized))
      expect(await userInfo(body.access_token)).toMatchObject({
        status: 403,
        challenge: 'Bearer error="insufficient_scope", scope="openid"',
        body: { error: 'insufficient_scope' },
      })
    })
  })

  test('APIs accept a user’s token within its scope', async () => {
    const mobileData = `${site.api}/customer-management/v1/usage-consumptions/mobile-data`
    const { access_token: accessToken } = await tokens()
    expect(await json(mobileData, bearer(accessToken))).toMatchObject({
      status: 200,
      body: { usedMegabytes: 1234, includedMegabytes: 20_480 },
    })
    expect(await json(`${site.api}/contracts`, bearer(accessToken))).toMatchObject({ status: 403 })
    const { body } = await json(`${site.base}/token`, form({ grant_type: 'client_credentials' }, authorized))
    expect(await json(mobileData, bearer(body.access_token))).toMatchObject({ status: 403 })
  })

  describe('revocation', () => {
    test('of an access token ends only that token', async () => {
      bouygues.refreshTokens = true
      const body = await tokens()
      const answer = await revoke({ token: body.access_token, token_type_hint: 'access_token' })
      expect([answer.status, await answer.text()]).toEqual([200, ''])
      expect(await echo(body.access_token)).toBe(401)
      expect((await refresh(body.refresh_token)).status).toBe(200)
    })

    test('of a refresh token ends all tokens of the sign-in', async () => {
      bouygues.refreshTokens = true
      const [body, bystander] = [await tokens(), await tokens()]
      expect((await revoke({ token: body.refresh_token })).status).toBe(200)
      expect(await echo(body.access_token)).toBe(401)
      expect(await refresh(body.refresh_token)).toMatchObject(invalidGrant('The refresh token is unknown'))
      expect(await echo(bystander.access_token)).toBe(200)
      expect((await refresh(bystander.refresh_token)).status).toBe(200)
    })

    test('of the token of another client, or of the other environment, does nothing', async () => {
      bouygues.refreshTokens = true
      const body = await tokens()
      for (const token of [body.access_token, body.refresh_token]) {
        const answer = await revoke({ token }, second)
        expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_grant' }])
        const other = site === production ? ap4 : production
        expect((await send(`${other.base}/revoke`, form({ token }, authorized))).status).toBe(200)
      }
      expect(await echo(body.access_token)).toBe(200)
      expect((await refresh(body.refresh_token)).status).toBe(200)
    })

    test('of an unknown token succeeds, of a missing token fails, and the client must authenticate', async () => {
      expect((await revoke({ token: 'at-guess' })).status).toBe(200)
      expect((await revoke({})).status).toBe(400)
      expect((await revoke({ token: 'at-guess' }, {})).status).toBe(401)
      expect((await send(`${site.base}/revoke`, { headers: authorized })).status).toBe(405)
    })
  })
})
