import { createPrivateKey, sign as signByNode } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { createTokenSource, type ClientAuth, type Provider, type Token } from '@oauthkit/core'
import { createTokenEndpoint } from '@oauthkit/core/testing'
import { base64url, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { privateKeyJwt, type PrivateKeyJwtOptions, type SigningAlgorithm, type SigningKey } from '../src/index.ts'
import { makeKeys, type Keys } from './keys.ts'

const provider: Provider = {
  name: 'example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: () => {},
}

async function assertionOf(clientAuth: ClientAuth): Promise<string> {
  const form = new URLSearchParams()
  await clientAuth({ form, headers: new Headers(), clientId: 'app', provider, endpoint: provider.tokenEndpoint })
  return form.get('client_assertion') ?? ''
}

/** Signs as a service with these keys does. */
const service =
  ({ pem }: Keys, algorithm: SigningAlgorithm, dsaEncoding: 'der' | 'ieee-p1363' = 'der') =>
  async (data: Uint8Array): Promise<Uint8Array> => {
    const isPss = algorithm.startsWith('PS')
    const hash = algorithm.startsWith('Ed') ? null : `sha${algorithm.slice(2)}`
    return signByNode(hash, data, {
      key: createPrivateKey(pem),
      dsaEncoding,
      ...(isPss && { padding: 6, saltLength: Number(algorithm.slice(2)) / 8 }),
    })
  }

test.each<SigningAlgorithm>(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  'a service that keeps the key signs with %s',
  async (algorithm) => {
    const keys = await makeKeys(algorithm)
    // An ECDSA signature in DER has a length of its own each time.
    for (let count = 0; count < 20; count += 1) {
      const sign = service(keys, algorithm)
      const assertion = await assertionOf(privateKeyJwt({ sign, algorithm, keyId: 'one', header: { typ: 'JWT' } }))
      expect(decodeProtectedHeader(assertion)).toEqual({ alg: algorithm, kid: 'one', typ: 'JWT' })
      const { payload } = await jwtVerify(assertion, keys.publicKey)
      expect(payload).toMatchObject({ iss: 'app', sub: 'app', aud: provider.tokenEndpoint })
    }
  },
)

test('the bytes can come from another realm, such as a test environment', async () => {
  const signature: unknown = runInNewContext('new Uint8Array(64).fill(1)')
  const assertion = await assertionOf(privateKeyJwt({ sign: () => signature as Uint8Array, algorithm: 'ES256' }))
  expect(base64url.decode(assertion.split('.')[2] ?? '')).toEqual(new Uint8Array(64).fill(1))
})

test('a signature of ECDSA can also have the form of a JWS, and be an ArrayBuffer', async () => {
  const keys = await makeKeys('ES256')
  const raw = service(keys, 'ES256', 'ieee-p1363')
  const sign = async (data: Uint8Array) => new Uint8Array(await raw(data)).buffer
  await expect(
    jwtVerify(await assertionOf(privateKeyJwt({ sign, algorithm: 'ES256' })), keys.publicKey),
  ).resolves.toBeDefined()
})

test.each<[string, unknown, SigningAlgorithm]>([
  ['nothing', undefined, 'RS256'],
  ['a text', 'a signature', 'RS256'],
  ['no bytes', new Uint8Array(), 'RS256'],
  ['a signature of another length', new Uint8Array(63), 'ES256'],
  ['DER that is cut off', Uint8Array.of(0x30, 6, 2, 1, 5, 2, 1), 'ES256'],
  ['DER with more after it', Uint8Array.of(0x30, 6, 2, 1, 5, 2, 1, 7, 9), 'ES256'],
  ['DER of one number', Uint8Array.of(0x30, 3, 2, 1, 5), 'ES256'],
  ['DER of a longer number', Uint8Array.of(0x30, 38, 2, 33, ...Array.from({ length: 33 }, () => 1), 2, 1, 7), 'ES256'],
])('a service that returns %s is a TypeError, and nothing is sent', async (_what, signature, algorithm) => {
  const server = createTokenEndpoint()
  const clientAuth = privateKeyJwt({ sign: async () => signature as Uint8Array, algorithm })
  const source = createTokenSource({ provider, clientId: 'app', clientAuth, fetch: server.fetch })
  await expect(source.getToken()).rejects.toThrow(TypeError)
  await expect(source.getToken()).rejects.toThrow(/sign must return/)
  expect(server.requests).toEqual([])
})

test('a service that fails is TOKEN_UNAVAILABLE, and nothing is sent', async () => {
  const server = createTokenEndpoint()
  const fail = async () => {
    throw Object.assign(new Error('secret-of-the-service'), { code: 'ECONNREFUSED' })
  }
  const clientAuth = privateKeyJwt({ sign: fail })
  const source = createTokenSource({ provider, clientId: 'app', clientAuth, fetch: server.fetch })
  await expect(source.getToken()).rejects.toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: expect.not.stringContaining('secret-of-the-service'),
  })
  expect(server.requests).toEqual([])
})

let first: Keys
let second: Keys

beforeAll(async () => {
  first = await makeKeys('ES256')
  second = await makeKeys('ES256')
})

test.each<[string, () => SigningKey | Promise<SigningKey>, SigningAlgorithm | undefined]>([
  ['PEM', () => first.pem, 'ES256'],
  ['a JWK with its algorithm', async () => ({ ...first.jwk, alg: 'ES256', kid: 'own' }), undefined],
  ['a CryptoKey', async () => first.cryptoKey, 'ES256'],
])('a key that is looked up as %s signs', async (_what, key, algorithm) => {
  const assertion = await assertionOf(privateKeyJwt({ key, algorithm }))
  await expect(jwtVerify(assertion, first.publicKey)).resolves.toBeDefined()
})

test('a key is looked up for each assertion, so it can be rotated, with its id', async () => {
  const keys = [
    { ...first.jwk, alg: 'ES256', kid: 'one' },
    { ...second.jwk, alg: 'ES256', kid: 'two' },
  ]
  const clientAuth = privateKeyJwt({ key: () => keys[0] as SigningKey })
  const before = await assertionOf(clientAuth)
  keys.shift()
  const after = await assertionOf(clientAuth)
  expect([before, after].map((assertion) => decodeProtectedHeader(assertion).kid)).toEqual(['one', 'two'])
  await expect(jwtVerify(before, first.publicKey)).resolves.toBeDefined()
  await expect(jwtVerify(after, second.publicKey)).resolves.toBeDefined()
})

test('sources whose keys are looked up share a token in a store, if their client ids are the same', async () => {
  const server = createTokenEndpoint()
  const store = new Map<string, Token>()
  const ask = (key: string, clientId: string) => {
    const clientAuth = privateKeyJwt({ key: () => key, algorithm: 'ES256' })
    return createTokenSource({ provider, clientId, clientAuth, store, fetch: server.fetch }).getToken()
  }
  const tokens = [await ask(first.pem, 'app'), await ask(second.pem, 'app'), await ask(first.pem, 'other')]
  expect(tokens[1]).toEqual(tokens[0])
  expect(tokens[2]).not.toEqual(tokens[0])
})

test.each<[string, PrivateKeyJwtOptions, string]>([
  ['a key and a service', { key: 'x', sign: async () => new Uint8Array() }, 'give a key or a function sign, not both'],
  ['neither', {}, 'the private key is missing'],
  ['a service that is no function', { sign: 'x' as never }, 'sign must be a function'],
  [
    'an unknown algorithm',
    { sign: async () => new Uint8Array(), algorithm: 'HS256' as never },
    'algorithm must be one',
  ],
])('%s is a TypeError at once', (_what, options, message) => {
  expect(() => privateKeyJwt(options)).toThrow(TypeError)
  expect(() => privateKeyJwt(options)).toThrow(message)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a function', () => 'x'],
  ['no key', 'hunter2'],
])('a look-up that returns %s is a TypeError that shows nothing of it, and nothing is sent', async (_what, found) => {
  const server = createTokenEndpoint()
  const clientAuth = privateKeyJwt({ key: () => found as SigningKey })
  const asked = createTokenSource({ provider, clientId: 'app', clientAuth, fetch: server.fetch }).getToken()
  await expect(asked).rejects.toThrow(TypeError)
  await expect(asked).rejects.not.toThrow('hunter2')
  expect(server.requests).toEqual([])
})
