import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportSPKI,
  importJWK,
  jwtVerify,
  type JWTPayload,
} from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEmulator, idTokenAttacks, type IdTokenAttack } from '../src/index.ts'
import { ap4, production, useOpenId } from './openid-support.ts'
import { ways } from './support.ts'

const sites = ways.flatMap((way) => [production, ap4].map((site) => ({ way, site, base: site.base })))

describe.each(sites)('the ID tokens of $base, $way', ({ way, site }) => {
  const { emulator, addressOf, json, tokens, refresh } = useOpenId(way, site)
  const { bouygues } = emulator
  const published = async () => (await json(`${site.base}/jwks.json`)).body
  const idToken = async (): Promise<string> => (await tokens({ nonce: 'the nonce' })).id_token
  const now = () => Math.floor(emulator.clock.now() / 1000)

  // Only the emulator's own clock advances.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  test('are signed with the published key, and name the user, the time, the provider and the client', async () => {
    const token = await idToken()
    const keys = await published()
    expect(keys).toEqual({
      keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), n: expect.any(String), e: 'AQAB' }],
    })
    const currentDate = new Date(emulator.clock.now())
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), { currentDate })
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: keys.keys[0].kid, typ: 'JWT' })
    const { iat = 0 } = payload
    expect(iat).toBe(now())
    expect(payload).toEqual({
      iss: addressOf(site.base),
      sub: bouygues.users.get('emulated-user')?.claims.sub,
      aud: 'emulated-client',
      iat,
      exp: iat + 3600,
      auth_time: expect.any(Number),
      nonce: 'the nonce',
      login_type: 'COMPTE_WEB_PROSPECT',
      roles: ['ROLE_FICTIF'],
      given_name: 'CAMILLE',
      user_type: 'CLIENT',
      name: 'Camille Exemple',
      family_name: 'EXEMPLE',
    })
    expect(decodeJwt((await tokens()).id_token)).not.toHaveProperty('nonce')
  })

  test('expire with the access token, and hold the time when the password was entered', async () => {
    bouygues.lifetimeMs = 5000
    bouygues.refreshTokens = true
    const { refresh_token: refreshToken, id_token: first } = await tokens()
    const { iat = 0, exp = 0, auth_time: signedInAt } = decodeJwt(first)
    expect(exp - iat).toBe(5)
    expect(signedInAt).toBe(now())
    emulator.clock.advance(1_000_000)
    const renewed = decodeJwt((await refresh(refreshToken)).body.id_token)
    expect(renewed['auth_time']).toBe(signedInAt)
    expect(renewed.iat).toBe(iat + 1000)
    bouygues.lifetimeMs = 3_600_000
  })
  test('follow the rotation of keys: an old key is published until dropped, and reset() restores the first', async () => {
    const old = await idToken()
    const { keys: before } = await published()
    await bouygues.keys.rotate()
    const rotated = await idToken()
    const both = await published()
    expect(both.keys).toHaveLength(2)
    expect(both.keys[1]).toEqual(before[0])
    expect(decodeProtectedHeader(rotated).kid).toBe(both.keys[0].kid)
    for (const token of [old, rotated]) await compactVerify(token, createLocalJWKSet(both))

    bouygues.keys.dropOld()
    const last = await published()
    expect(last.keys).toEqual([both.keys[0]])
    await expect(compactVerify(old, createLocalJWKSet(last))).rejects.toThrow('no applicable key')
    bouygues.reset()
    expect((await published()).keys).toEqual(before)
    await compactVerify(await idToken(), createLocalJWKSet(await published()))
  })

  test('can be edited, sent as any text, or left out', async () => {
    bouygues.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, extra: true } })
    expect(decodeJwt(await idToken())).toMatchObject({ extra: true, aud: 'emulated-client' })
    bouygues.editIdToken = () => 'no JWT'
    expect(await idToken()).toBe('no JWT')
    bouygues.editIdToken = () => undefined
    expect(await tokens()).not.toHaveProperty('id_token')
  })

  /** The changes of each attack to the correct payload. */
  const payloads: Partial<Record<IdTokenAttack, (honest: JWTPayload) => object>> = {
    'wrong-iss': () => ({ iss: 'https://someone-else.example' }),
    'missing-iss': () => ({ iss: undefined }),
    'wrong-sub': () => ({ sub: 'someone-else' }),
    'missing-sub': () => ({ sub: undefined }),
    'wrong-aud': () => ({ aud: 'someone-else' }),
    'missing-aud': () => ({ aud: undefined }),
    'additional-aud': () => ({ aud: ['emulated-client', 'someone-else'], azp: 'emulated-client' }),
    'wrong-azp': () => ({ azp: 'someone-else' }),
    'wrong-nonce': () => ({ nonce: 'someone-else' }),
    'missing-nonce': () => ({ nonce: undefined }),
    expired: ({ iat = 0 }) => ({ iat: iat - 7200, exp: iat - 3600 }),
    'missing-exp': () => ({ exp: undefined }),
    'future-iat': ({ iat = 0 }) => ({ iat: iat + 3600, exp: iat + 7200 }),
    'missing-iat': () => ({ iat: undefined }),
  }

  test.each(Object.entries(payloads))('%s changes only that, and the signature is valid', async (name, change) => {
    let honest: JWTPayload = {}
    bouygues.editIdToken = (draft, sign) => {
      honest = draft.payload
      return idTokenAttacks[name as IdTokenAttack](draft, sign)
    }
    const token = await idToken()
    const { payload } = await compactVerify(token, createLocalJWKSet(await published()))
    const expected = Object.entries({ ...honest, ...change(honest) }).filter(([, value]) => value !== undefined)
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(Object.fromEntries(expected))
  })

  test('alg-none is not signed', async () => {
    bouygues.editIdToken = idTokenAttacks['alg-none']
    const token = await idToken()
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.$/)
    expect(decodeProtectedHeader(token).alg).toBe('none')
    expect(decodeJwt(token)).toMatchObject({ aud: 'emulated-client' })
  })

  test('hs256-with-public-key has a valid HMAC with the PEM of the published key', async () => {
    bouygues.editIdToken = idTokenAttacks['hs256-with-public-key']
    const { keys } = await published()
    const pem = await exportSPKI((await importJWK(keys[0], 'RS256', { extractable: true })) as CryptoKey)
    const verified = await compactVerify(await idToken(), new TextEncoder().encode(pem))
    expect(verified.protectedHeader.alg).toBe('HS256')
  })

  test('bad-signature has a signature of the right length that does not verify', async () => {
    bouygues.editIdToken = idTokenAttacks['bad-signature']
    const token = await idToken()
    expect(token.split('.')[2]).toMatch(/^[\w-]{342}$/)
    await expect(compactVerify(token, createLocalJWKSet(await published()))).rejects.toThrow('signature')
  })

  test('unknown-kid names a key that is not published', async () => {
    bouygues.editIdToken = idTokenAttacks['unknown-kid']
    expect(decodeProtectedHeader(await idToken())).toEqual({ alg: 'RS256', kid: 'someone-else', typ: 'JWT' })
  })

  test('missing-id-token leaves out the ID token, and there are no more attacks', async () => {
    bouygues.editIdToken = idTokenAttacks['missing-id-token']
    expect(await tokens()).not.toHaveProperty('id_token')
    const others = ['alg-none', 'hs256-with-public-key', 'bad-signature', 'unknown-kid', 'missing-id-token']
    expect(Object.keys(idTokenAttacks).toSorted()).toEqual([...Object.keys(payloads), ...others].toSorted())
  })
})

test('only one first key is made, even for two requests at the same time', async () => {
  const { keys } = createEmulator().bouygues
  const [one, other] = await Promise.all([keys.current(), keys.current()])
  expect(one).toBe(other)
  expect(await keys.published()).toEqual([one])
})

test('the emulators of a process share the first key of a provider, but no key of two providers, and no key that was rotated in', async () => {
  const [one, another] = [createEmulator(), createEmulator()]
  const idsOf = async ({ fetch: send }: typeof one, url: string) => {
    const { keys } = (await (await send(url)).json()) as { readonly keys: readonly { readonly kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  const bouygues = 'https://oauth2.bouyguestelecom.fr/jwks.json'
  const orange = 'https://api.orange.com/openidconnect/fr/v1/jwks'
  const [first] = await idsOf(one, bouygues)
  expect(await idsOf(another, bouygues)).toEqual([first])
  expect(await idsOf(one, orange)).toEqual(await idsOf(another, orange))
  expect(await idsOf(one, orange)).not.toContain(first)
  await one.bouygues.keys.rotate()
  expect(await idsOf(one, bouygues)).toHaveLength(2)
  expect(await idsOf(another, bouygues)).toEqual([first])
})
