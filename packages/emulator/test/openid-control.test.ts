import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { production, useOpenId } from './openid-support.ts'
import { form } from './support.ts'

const { emulator, addressOf, send, json, callbackOf, tokens, authorizationUrl } = useOpenId('over HTTP')
const { bouygues, orange } = emulator
const control = async (name: string, body: unknown = {}, provider = 'bouygues') => {
  const url = addressOf(`https://control/${provider}/${name}`)
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}
const base = production.base

describe('over HTTP, another process', () => {
  beforeEach(() => {
    bouygues.redirectUris.delete('second')
    bouygues.postLogoutRedirectUris.delete('second')
  })

  test('registers the redirect URIs of a client', async () => {
    const uris = ['https://app.example/callback']
    expect(await control('redirect-uris', { clientId: 'second', redirectUris: uris })).toEqual({
      status: 200,
      body: { clientId: 'second' },
    })
    expect(await control('post-logout-redirect-uris', { clientId: 'second', postLogoutRedirectUris: uris })).toEqual({
      status: 200,
      body: { clientId: 'second' },
    })
    expect([bouygues.redirectUris.get('second'), bouygues.postLogoutRedirectUris.get('second')]).toEqual([uris, uris])
    expect(orange.redirectUris.has('second')).toBe(false)
  })

  test('adds users', async () => {
    const user = { user: 'other', password: 'secret', claims: { sub: '2', name: 'Other' } }
    expect(await control('users', user)).toEqual({ status: 200, body: { user: 'other' } })
    expect(bouygues.users.get('other')).toEqual({ password: 'secret', claims: { sub: '2', name: 'Other' } })
  })

  test('switches refresh tokens and denied sign-ins', async () => {
    expect(await control('refresh-tokens', { enabled: true })).toEqual({ status: 200, body: { enabled: true } })
    expect(bouygues.refreshTokens).toBe(true)
    await control('refresh-tokens', { enabled: false })
    expect(bouygues.refreshTokens).toBe(false)
    expect(await control('deny-login', { enabled: true })).toEqual({ status: 200, body: { enabled: true } })
    expect(await callbackOf()).toMatchObject({ error: 'access_denied' })
  })

  test('attacks ID tokens by name, edits them by a patch, and removes the edit', async () => {
    expect(await control('edit-id-token', { attack: 'wrong-azp' })).toEqual({
      status: 200,
      body: { attack: 'wrong-azp' },
    })
    expect(decodeJwt((await tokens()).id_token)).toMatchObject({ azp: 'someone-else' })
    await control('edit-id-token', { header: { kid: null, typ: 'at+jwt' }, payload: { sub: 'x', name: null } })
    const { id_token: edited } = await tokens()
    expect(decodeProtectedHeader(edited)).toEqual({ alg: 'RS256', typ: 'at+jwt' })
    expect(decodeJwt(edited)).toMatchObject({ sub: 'x', aud: 'emulated-client' })
    expect(decodeJwt(edited)).not.toHaveProperty('name')
    await control('edit-id-token')
    expect(decodeJwt((await tokens()).id_token)).toHaveProperty('name')
  })

  test('edits callbacks, metadata and user info by patches, and removes the edits', async () => {
    await control('edit-callback', { iss: 'https://someone-else.example', state: null })
    expect(await callbackOf()).toEqual({ iss: 'https://someone-else.example', code: expect.any(String) })
    await control('edit-callback')
    expect(await callbackOf()).toEqual({ state: 'the state', code: expect.any(String) })

    const metadata = async () => (await json(`${base}/.well-known/openid-configuration`)).body
    const honest = await metadata()
    await control('edit-discovery', { issuer: 'https://someone-else.example', response_types_supported: ['code'] })
    expect(await metadata()).toEqual({
      ...honest,
      issuer: 'https://someone-else.example',
      response_types_supported: ['code'],
    })
    await control('edit-discovery')
    expect(await metadata()).toEqual(honest)

    await control('edit-user-info', { sub: 'someone-else', address: { country: 'FR', street: null } })
    const headers = { Authorization: `Bearer ${(await tokens()).access_token}` }
    const info = async () => (await json(`${base}/userinfo`, { method: 'POST', headers })).body
    expect(await info()).toMatchObject({ sub: 'someone-else', user_type: 'CLIENT', address: { country: 'FR' } })
    await control('edit-user-info')
    expect(await info()).toEqual(bouygues.users.get('emulated-user')?.claims)
  })

  test('rotates keys', async () => {
    const count = async () => (await json(`${base}/jwks.json`)).body.keys.length
    expect(await count()).toBe(1)
    expect(await control('rotate-keys')).toEqual({ status: 200, body: {} })
    expect(await count()).toBe(2)
    expect(await control('drop-old-keys')).toEqual({ status: 200, body: {} })
    expect(await count()).toBe(1)
  })

  test('controls Orange France in the same way', async () => {
    await control('refresh-tokens', { enabled: true }, 'orange')
    expect([orange.refreshTokens, bouygues.refreshTokens]).toEqual([true, false])
  })

  test.each([
    ['redirect-uris', { clientId: 'second' }],
    ['redirect-uris', { clientId: 'second', redirectUris: 'https://app.example/' }],
    ['redirect-uris', { clientId: 'second', redirectUris: ['/callback'] }],
    ['redirect-uris', { redirectUris: [] }],
    ['post-logout-redirect-uris', { clientId: 'second', redirectUris: [] }],
    ['users', { user: 'other', password: 'secret' }],
    ['users', { user: 'other', password: 'secret', claims: { sub: 2 } }],
    ['users', { user: 'other', claims: { sub: '2' } }],
    ['users', { password: 'secret', claims: { sub: '2' } }],
    ['refresh-tokens', {}],
    ['deny-login', { enabled: 'yes' }],
    ['edit-id-token', { attack: 'guess' }],
    ['edit-id-token', { attack: 'constructor' }],
  ])('gets 400 at %s with %j', async (name, body) => {
    expect(await control(name, body)).toEqual({ status: 400, body: { error: expect.stringContaining(' must be ') } })
    expect(bouygues.redirectUris.has('second')).toBe(false)
    expect(bouygues.users.has('other')).toBe(false)
  })
})

test('the one request that signs in over HTTP is the form that a browser sends', async () => {
  const response = await send(authorizationUrl(), form({ user: 'emulated-user', password: 'emulated-password' }))
  expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:3000\/callback\?code=/)
})
