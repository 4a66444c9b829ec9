import { createHash } from 'node:crypto'
import type { Token } from '@oauthkit/core'
import { describe, expect, test } from 'vitest'
import { userLogin } from '../src/index.ts'
import { startProvider } from './signing-provider.ts'
import { errorOf } from './support.ts'

/** The left half of a hash, as in OpenID Connect Core 1.0 §3.1.3.6. */
const hashOf = (algorithm: string, accessToken: string) => {
  const hash = createHash(algorithm).update(accessToken).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

const algorithms = [
  ['RS256', 'sha256'],
  ['RS384', 'sha384'],
  ['RS512', 'sha512'],
  ['PS256', 'sha256'],
  ['PS384', 'sha384'],
  ['PS512', 'sha512'],
  ['ES256', 'sha256'],
  ['ES384', 'sha384'],
  ['ES512', 'sha512'],
  ['EdDSA', 'sha512'],
  ['Ed25519', 'sha512'],
] as const

/** Hashes that do not belong to the access token `token`. */
const wrong: readonly (readonly [string, (hash: string) => unknown])[] = [
  ['of another access token', (hash) => hashOf(hash, 'another-token')],
  ['that is not cut in half', (hash) => createHash(hash).update('token').digest('base64url')],
  ['of the right half', (hash) => createHash(hash).update('token').digest().subarray(-16).toString('base64url')],
  ['in hex', (hash) => createHash(hash).update('token').digest('hex').slice(0, 32)],
  ['with padding', (hash) => `${hashOf(hash, 'token')}=`],
  ['of another length of hash', (hash) => hashOf(hash === 'sha256' ? 'sha384' : 'sha256', 'token')],
  ['that is empty', () => ''],
  ['that is a number', () => 5],
  ['that is null', () => null],
]

describe.each(algorithms)('with an ID token that is signed with %s', (algorithm, hash) => {
  test('an at_hash of the access token is accepted, and so is none', async () => {
    const { enter } = await startProvider({ algorithm })
    await expect(enter({ at_hash: hashOf(hash, 'token') })).resolves.toBeDefined()
    await expect(enter()).resolves.toBeDefined()
  })

  test('an at_hash that does not belong to the access token is refused', async () => {
    const { enter } = await startProvider({ algorithm })
    for (const [, make] of wrong) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const error = await errorOf(enter({ at_hash: make(hash) }))
      expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', message: expect.stringContaining('(at_hash)') })
    }
  })
})

/** Makes a token whose ID token has these claims. */
const tokenOf = (alg: string, claims: object): Token => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return { accessToken: 'token', idToken: `${part({ alg })}.${part({ sub: 'u', ...claims })}.x` }
}

describe.each([
  ['and the sign-in had an ID token', tokenOf('RS256', {})],
  ['and the sign-in had no ID token', { accessToken: 'old' }],
])('at a renewal, %s', (_when, previous) => {
  const reasonOf = (token: Token) => userLogin().checkRefreshed?.(token, previous)

  test.each(algorithms)('an at_hash is compared in the same way: %s', async (algorithm, hash) => {
    expect(await reasonOf(tokenOf(algorithm, { at_hash: hashOf(hash, 'token') }))).toBeUndefined()
    for (const [, make] of wrong) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await reasonOf(tokenOf(algorithm, { at_hash: make(hash) }))).toContain('(at_hash)')
    }
  })

  test.each(['none', 'RS1', 'XRS256', 'constructor', ''])(
    'an at_hash in an ID token with the algorithm "%s" is refused, because its hash is unknown',
    async (algorithm) => {
      expect(await reasonOf(tokenOf(algorithm, { at_hash: hashOf('sha256', 'token') }))).toContain('(at_hash)')
    },
  )

  test('an ID token without at_hash is accepted', async () => {
    expect(await reasonOf(tokenOf('RS256', {}))).toBeUndefined()
  })
})
