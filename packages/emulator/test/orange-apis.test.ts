import { describe, expect, test } from 'vitest'
import { basic, bearer, form, useEmulator, ways } from './support.ts'

const endpoints = {
  machine: 'https://api.orange.com/oauth/v3/token',
  inside: 'https://inside01.api.orange.com/oauth/v3/token',
  playground: 'https://api.orange.com/openidconnect/playground/v1.0/token',
}
const authorization = basic('emulated-client', 'emulated-secret')
const json = { Accept: 'application/json' }
const sims = 'https://api.orange.com/camara/playground/api/sim-swap/v1/check'
const admin = 'https://api.orange.com/camara/playground/admin/v1.0/action'

describe.each(ways)('Orange, %s', (way) => {
  const { emulator, send } = useEmulator(way)

  const request = (at: keyof typeof endpoints, fields: Record<string, string> = {}, headers = {}) =>
    send(
      endpoints[at],
      form({ grant_type: 'client_credentials', ...fields }, { Authorization: authorization, ...json, ...headers }),
    )
  const getToken = async (at: keyof typeof endpoints): Promise<string> =>
    (await (await request(at)).json()).access_token
  const call = async (url: string, token: string, body?: unknown) => {
    const init = { ...bearer(token), ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) }
    const response = await send(url, init)
    return { status: response.status, body: await response.json() }
  }

  test.each([
    ['machine', 'https://api.orange.com/echo', 200],
    ['machine', 'https://api.orange.com/any/echo', 200],
    ['machine', 'https://inside01.api.orange.com/echo', 401],
    ['machine', 'https://api.orange.com/camara/playground/admin/echo', 200],
    ['machine', 'https://api.orange.com/camara/playground/api/echo', 403],
    ['machine', 'https://api.orange.com/camara/playground/apis/echo', 200],
    ['inside', 'https://inside01.api.orange.com/echo', 200],
    ['inside', 'https://inside01.api.orange.com/camara/playground/api/echo', 200],
    ['inside', 'https://api.orange.com/echo', 401],
    ['inside', 'https://api.orange.com/camara/playground/api/echo', 401],
    ['playground', 'https://api.orange.com/camara/playground/api/echo', 200],
    ['playground', 'https://api.orange.com/camara/playground/admin/echo', 401],
    ['playground', 'https://api.orange.com/echo', 401],
    ['playground', 'https://inside01.api.orange.com/echo', 401],
  ] as const)('a token of %s at %s gets %i', async (at, url, status) => {
    expect((await call(url, await getToken(at))).status).toBe(status)
  })

  test('a token of another host or API is rejected like an unknown one', async () => {
    const { body } = await call('https://api.orange.com/echo', await getToken('inside'))
    expect(body).toMatchObject({ code: 41, message: 'Invalid credentials' })
    expect((await call('https://api.orange.com/echo', await getToken('playground'))).body).toMatchObject({ code: 41 })
  })

  test('on the Playground, rejections have the format of CAMARA', async () => {
    const message = expect.any(String)
    const unauthenticated = { status: 401, body: { status: 401, code: 'UNAUTHENTICATED', message } }
    expect(await call(sims, 'unknown')).toEqual(unauthenticated)
    expect((await send(sims)).status).toBe(401)
    expect(await call(admin, await getToken('playground'))).toEqual(unauthenticated)
    expect(await call(sims, await getToken('machine'))).toEqual({
      status: 403,
      body: { status: 403, code: 'FORBIDDEN', message },
    })
    const token = await getToken('playground')
    emulator().clock.advance(3_600_000)
    expect(await call(sims, token)).toEqual(unauthenticated)
  })

  test.each([
    [{ phoneNumber: '+99012345678' }, 200, { swapped: false }],
    [{ phoneNumber: '+99098765432', maxAge: 240 }, 200, { swapped: true }],
    [{ phoneNumber: '+33600000000' }, 403, { code: 'FORBIDDEN' }],
    [{}, 400, { code: 'INVALID_ARGUMENT' }],
    [[], 400, { code: 'INVALID_ARGUMENT' }],
  ])('a SIM swap check of %j gets %i', async (body, status, answer) => {
    expect(await call(sims, await getToken('playground'), body)).toMatchObject({ status, body: answer })
  })

  test('the Admin API lists the phone numbers, and has no other action', async () => {
    const token = await getToken('machine')
    const list = [{ phoneNumber: '+99012345678' }, { phoneNumber: '+99098765432' }]
    expect(await call(admin, token, { action: 'LIST' })).toEqual({ status: 200, body: list })
    expect((await call(admin, token, { action: 'DELETE' })).status).toBe(400)
  })

  test('other paths and methods of the Playground get 404 and 405', async () => {
    const token = await getToken('playground')
    expect(await call(`${sims}/more`, token)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect(await call(sims, token)).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
    const init = { method: 'POST', body: 'no form', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }
    Object.assign(init.headers, bearer(token).headers)
    const echo = await send('https://api.orange.com/camara/playground/api/echo', init)
    expect([echo.status, (await echo.json()).code]).toEqual([400, 'INVALID_ARGUMENT'])
  })

  test('the Playground repeats the requested scope, the others have none', async () => {
    const scope = 'openid sim-swap:check'
    const token = { token_type: 'Bearer', access_token: expect.any(String), expires_in: 3600 }
    expect(await (await request('playground', { scope })).json()).toEqual({ ...token, scope })
    expect(await (await request('playground')).json()).toEqual(token)
    expect(await (await request('machine', { scope })).json()).toEqual(token)
  })

  test('the Playground requires Basic, and no Accept header', async () => {
    const fields = { grant_type: 'client_credentials', client_id: 'emulated-client', client_secret: 'emulated-secret' }
    const inBody = await send(endpoints.playground, form(fields, json))
    expect([inBody.status, (await inBody.json()).error]).toEqual([401, 'invalid_client'])
    expect((await send(endpoints.inside, form(fields, json))).status).toBe(200)
    expect((await request('playground', {}, { Accept: '*/*' })).status).toBe(200)
    expect((await request('inside', {}, { Accept: '*/*' })).status).toBe(406)
  })

  test('each token endpoint counts one token an hour for a client, and 50 requests a minute', async () => {
    emulator().orange.sameToken = true
    const tokens = await Promise.all([getToken('machine'), getToken('inside'), getToken('playground')])
    expect(new Set(tokens).size).toBe(3)
    expect(emulator().orange.counters).toMatchObject({ tokensIssued: 3, earlyTokenRequests: 0 })
    expect(await getToken('inside')).toBe(tokens[1])
    expect(emulator().orange.counters).toMatchObject({ tokensIssued: 3, earlyTokenRequests: 1 })
    for (let count = 0; count < 48; count += 1) await request('inside')
    expect((await request('inside')).status).toBe(429)
    expect((await request('machine')).status).toBe(200)
    expect((await request('playground')).status).toBe(200)
  })
})
