import { bearer, isOAuthError } from '@oauthkit/core'
import { orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky, { HTTPError } from 'ky'
import { describe, expect, test } from 'vitest'
import { both, onlyRequest } from './clients.ts'
import { errorOf, startSite, type Site } from './support.ts'
import { shownBy } from './strings-within.ts'

/** Returns the client's secret in each form that the client can send. */
const secretsOf = ({ client: { clientId, clientSecret } }: Site) => [
  clientSecret,
  btoa(clientSecret),
  btoa(`${clientId}:${clientSecret}`),
]

describe('a refused client', () => {
  test('gets an OAuthError that says so', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth({ ...site.client, clientSecret: 'wrong-secret' }))
    const error = await errorOf(api.get(site.echo))
    expect(isOAuthError(error)).toBe(true)
    expect(error).toMatchObject({
      name: 'OAuthError',
      code: 'TOKEN_REFUSED',
      provider: 'orange',
      status: 401,
      error: 'invalid_client',
      requestId: expect.stringMatching(/^[\w-]{16}$/),
    })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 0 })
  })

  test('gets an error that shows neither its secret nor a token', async () => {
    const site = await startSite()
    const source = orangeTokens(site.client)
    const api = ky.extend(bearer(source))
    const { accessToken } = await source.getToken()
    await site.control('setSecret', 'another-secret')
    await site.control('expire')
    const error = await errorOf(api.post(site.echo, { json: { pin: 'body-of-the-call' } }))
    const shown = shownBy(error)
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client' })
    expect(shown).toContain('invalid_client')
    for (const secret of [...secretsOf(site), accessToken, 'body-of-the-call']) {
      expect(shown).not.toContain(secret)
    }
  })
})

describe('a token endpoint that fails', () => {
  test('causes an OAuthError, which ky does not retry', async () => {
    const site = await startSite()
    await site.control('answerTokenRequests', 1, { status: 503, headers: { 'retry-after': '7' } })
    const api = ky.extend(orangeAuth(site.client))
    const askedAt = Date.now()
    const error = await errorOf(api.get(site.echo))
    expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 503 })
    const retryAt = isOAuthError(error) ? error.retryAt : undefined
    expect(retryAt).toBeGreaterThanOrEqual(askedAt + 7000)
    expect(retryAt).toBeLessThanOrEqual(Date.now() + 7000)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 0 })
  })

  test('with a redirect: the client does not send the credentials to the new URL', async () => {
    const [site, other] = await Promise.all([startSite(), startSite()])
    const headers = { location: `${other.url}/elsewhere/200` }
    await site.control('answerTokenRequests', 1, { status: 307, headers })
    const error = await errorOf(ky.extend(orangeAuth(site.client)).get(site.echo))
    expect(error).toMatchObject({ code: 'TOKEN_MALFORMED' })
    expect(await other.control('arrivals')).toEqual([])
  })

  test('because it cannot be reached causes an OAuthError that shows no secret', async () => {
    const site = await startSite()
    const gone = await startSite()
    await gone.control('stop')
    const provider = { ...site.client.provider, tokenEndpoint: gone.client.provider.tokenEndpoint }
    const error = await errorOf(ky.extend(orangeAuth({ ...site.client, provider })).get(site.echo))
    expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
    for (const secret of secretsOf(site)) expect(shownBy(error)).not.toContain(secret)
  })
})

describe.each([
  ['ky', {}],
  ['ky without retry', { retry: 0 }],
  ['ky with a fetch that reads only the request', { fetch: onlyRequest }],
  ['ky with a fetch that passes on both arguments', { fetch: both }],
])('an error of %s', (_client, options) => {
  test('shows no token if the API rejects every token', async () => {
    const site = await startSite()
    const source = orangeTokens(site.client)
    const api = ky.extend(bearer(source)).extend(options)
    const first = await source.getToken()
    await site.control('answerApiCalls', 10, { status: 401, body: { code: 41, message: 'Invalid credentials' } })
    const error = await errorOf(api.post(site.echo, { json: [1], headers: { 'x-trace': 'of-the-call' } }))
    expect(error).toBeInstanceOf(HTTPError)
    expect(error).toMatchObject({ response: { status: 401 }, data: { code: 41 } })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 2 })

    const shown = shownBy(error)
    expect(shown, 'the request is shown').toContain('of-the-call')
    expect(error instanceof HTTPError && error.request.headers.has('authorization')).toBe(false)
    const last = await source.getToken()
    expect(last.accessToken).not.toBe(first.accessToken)
    for (const { accessToken } of [first, last]) expect(shown).not.toContain(accessToken)
  })

  test('shows no token if the API cannot be reached', async () => {
    const [site, gone] = await Promise.all([startSite(), startSite()])
    const source = orangeTokens({ ...site.client, apis: [gone.url] })
    const { accessToken } = await source.getToken()
    await gone.control('stop')
    const error = await errorOf(ky.extend(bearer(source)).extend(options).post(`${gone.url}/elsewhere/200`))
    // Not a NetworkError on every runtime: ky does not recognize the network errors of all of them.
    expect(error).toBeInstanceOf(Error)
    expect(shownBy(error)).not.toContain(accessToken)
  })
})
