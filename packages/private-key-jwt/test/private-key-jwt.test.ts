import { createPrivateKey } from 'node:crypto'
import { inspect } from 'node:util'
import {
  bearerFetch,
  createTokenSource,
  refreshToken,
  revoke,
  type ClientAuth,
  type ClientOptions,
  type Provider,
} from '@oauthkit/core'
import { requestToken } from '@oauthkit/core/plugin'
import { createTokenEndpoint, testProvider } from '@oauthkit/core/testing'
import { decodeJwt, decodeProtectedHeader, jwtVerify, type CryptoKey, type JWK } from 'jose'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { privateKeyJwt, type PrivateKeyJwtOptions, type SigningAlgorithm, type SigningKey } from '../src/index.ts'
import { makeKeys, makeShortPem, type Keys } from './keys.ts'

const endpoints = { tokenEndpoint: 'https://id.example/token', revocationEndpoint: 'https://id.example/revoke' }

const provider: Provider = {
  name: 'example',
  tokenEndpoint: endpoints.tokenEndpoint,
  apis: ['https://api.example'],
  clientAuth: () => {},
}

let rsa: Keys
let ec: Keys

beforeAll(async () => {
  rsa = await makeKeys('RS256')
  ec = await makeKeys('ES256')
})

afterEach(() => {
  vi.useRealTimers()
})

/** Runs a client authentication on a token request. */
async function authenticate(clientAuth: ClientAuth, own: Partial<Provider> = {}) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = new Headers()
  await clientAuth({
    form,
    headers,
    clientId: 'app',
    provider: { ...provider, ...own },
    endpoint: endpoints.tokenEndpoint,
  })
  return { form, headers, assertion: form.get('client_assertion') ?? '' }
}

/** Verifies an assertion as the server does, and returns its claims. */
async function claimsOf(options: PrivateKeyJwtOptions, publicKey: CryptoKey, own?: Partial<Provider>) {
  const { assertion } = await authenticate(privateKeyJwt(options), own)
  const { payload } = await jwtVerify(assertion, publicKey, { currentDate: new Date() })
  return payload
}

test.each<SigningAlgorithm>([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
])('%s signs with a key in each form', async (algorithm) => {
  const { cryptoKey, pem, jwk, publicKey } = await makeKeys(algorithm)
  const forms: SigningKey[] = [
    cryptoKey,
    pem,
    ` ${pem.replaceAll('\n', String.raw`\n`)}\n`,
    pem.replaceAll('\n', '\r\n'),
    pem.replaceAll('\n', String.raw`\r\n`),
    `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem}`,
    jwk,
    JSON.stringify(jwk),
    btoa(pem),
    `${btoa(pem).replaceAll(/.{76}/g, '$&\n')}\n`,
    Buffer.from(pem).toString('base64url'),
    btoa(JSON.stringify(jwk)),
  ]
  for (const key of forms) {
    // oxlint-disable-next-line no-await-in-loop -- few, and a failure is easier to read
    const { assertion } = await authenticate(privateKeyJwt({ key, algorithm }))
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: algorithm })
    // oxlint-disable-next-line no-await-in-loop -- see above
    await expect(jwtVerify(assertion, publicKey)).resolves.toMatchObject({ payload: { iss: 'app', sub: 'app' } })
  }
})

test('the form holds the assertion and its type, and nothing is in the headers', async () => {
  const { form, headers, assertion } = await authenticate(privateKeyJwt({ key: rsa.pem }))
  expect(Object.fromEntries(form)).toEqual({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })
  expect([...headers]).toEqual([])
})

test('an assertion has the six claims that servers require', async () => {
  const claims = await claimsOf({ key: rsa.pem }, rsa.publicKey)
  expect(Object.keys(claims).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub'])
  expect(claims).toMatchObject({ iss: 'app', sub: 'app', jti: expect.stringMatching(/^[\da-f-]{36}$/) })
})

test('each assertion has a different id', async () => {
  const clientAuth = privateKeyJwt({ key: rsa.pem })
  const assertions = await Promise.all(Array.from({ length: 20 }, () => authenticate(clientAuth)))
  const ids = await Promise.all(
    assertions.map(async ({ assertion }) => (await jwtVerify(assertion, rsa.publicKey)).payload.jti),
  )
  expect(new Set(ids).size).toBe(20)
})

const redeemed = { grant_type: 'authorization_code', code: 'the-code' }

describe.each<[request: string, endpoint: keyof typeof endpoints, ask: (client: ClientOptions) => Promise<unknown>]>([
  ['a token request', 'tokenEndpoint', (client) => createTokenSource(client).getToken()],
  ['a refresh', 'tokenEndpoint', (client) => createTokenSource({ ...client, grant: refreshToken('r') }).getToken()],
  ['a sign-in', 'tokenEndpoint', (client) => requestToken({ ...client, parameters: redeemed })],
  ['a revocation', 'revocationEndpoint', (client) => revoke({ ...client, token: 'token-1' })],
])('the assertion of %s', (_request, endpoint, ask) => {
  /** Returns the audience of the assertion that is sent. */
  async function audienceOf(own: Partial<Provider> = {}, options: Partial<PrivateKeyJwtOptions> = {}) {
    const server = createTokenEndpoint({ refreshToken: 'r' })
    const clientAuth = privateKeyJwt({ key: rsa.pem, ...options })
    const asked = { provider: { ...provider, ...endpoints, ...own }, clientId: 'app', clientAuth, fetch: server.fetch }
    if (endpoint === 'revocationEndpoint') server.answer(new Response(null, { status: 200 }))
    await ask(asked)
    const [request] = server.requests
    return decodeJwt(new URLSearchParams(await request?.text()).get('client_assertion') ?? '').aud
  }

  test('is for the endpoint that receives it, exactly as the provider spells it', async () => {
    expect(await audienceOf()).toBe(endpoints[endpoint])
    const spelled = 'https://ID.example:443'
    expect(await audienceOf({ [endpoint]: spelled })).toBe(spelled)
  })

  test("is for the provider's assertionAudience, if it has one, and the option has priority", async () => {
    const own = { assertionAudience: 'https://id.example' }
    expect(await audienceOf(own)).toBe('https://id.example')
    expect(await audienceOf(own, { audience: 'urn:me' })).toBe('urn:me')
  })
})

test.each([
  [undefined, 60, 30],
  [10_000, 10, 5],
  [11_999, 11, 5.5],
  [300_000, 300, 30],
])('with lifetimeMs %s an assertion is valid for %i s, %i of them in the past', async (lifetimeMs, seconds, before) => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_900 })
  const { iat = 0, exp = 0 } = await claimsOf({ key: rsa.pem, lifetimeMs }, rsa.publicKey)
  expect([iat, exp].every(Number.isInteger)).toBe(true)
  expect(exp - iat).toBe(seconds)
  expect(Math.abs(1_800_000_000.9 - before - iat)).toBeLessThan(1.5)
})

test('an empty assertionAudience of the provider is a TypeError, before anything is sent', async () => {
  const clientAuth = privateKeyJwt({ key: rsa.pem })
  await expect(authenticate(clientAuth, { assertionAudience: '' })).rejects.toThrow(
    new TypeError('assertionAudience must be a non-empty string'),
  )
})

test('the header has the id of the key, and the members of the option header', async () => {
  const header = { typ: 'JWT', use: 'sig' }
  const { assertion } = await authenticate(privateKeyJwt({ key: rsa.jwk, keyId: 'k1', header }))
  expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', kid: 'k1', typ: 'JWT', use: 'sig' })
})

test('the id and the algorithm come from the JWK, and options have priority', async () => {
  const jwk = { ...rsa.jwk, kid: 'own', alg: 'PS256' }
  const { assertion } = await authenticate(privateKeyJwt({ key: jwk }))
  expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'PS256', kid: 'own' })
  const other = await authenticate(
    privateKeyJwt({ key: { ...rsa.jwk, kid: 'own' }, keyId: 'other', algorithm: 'RS512' }),
  )
  expect(decodeProtectedHeader(other.assertion)).toEqual({ alg: 'RS512', kid: 'other' })
})

/** PEM with another label around the same base64. */
const labelled = (label: string) =>
  rsa.pem.replaceAll(/(BEGIN|END) PRIVATE KEY/g, (_, edge: string) => `${edge} ${label}`)

describe.each<[string, () => unknown, string, PrivateKeyJwtOptions['algorithm']?]>([
  ['nothing', () => undefined, 'is missing'],
  ['null', () => null, 'is missing'],
  ['an empty text', () => ' ', 'is empty'],
  [
    'a path',
    () => '/etc/keys/private.pem',
    "is neither PEM nor a JWK nor a CryptoKey: give a file's content, not its path",
  ],
  ['a number', () => 5, 'is neither PEM nor a JWK nor a CryptoKey'],
  ['bytes', () => new TextEncoder().encode(rsa.pem), 'is bytes: read the file as text'],
  ['a set of keys', () => ({ keys: [rsa.jwk] }), 'is a set of keys: give one of them'],
  ['a KeyObject', () => createPrivateKey(rsa.pem), 'is a KeyObject: give key.export'],
  ['in the format of OpenSSH', () => labelled('OPENSSH PRIVATE KEY'), 'is in the format of OpenSSH: convert a copy'],
  [
    'a JWK without its primes',
    () => ({ kty: 'RSA', n: rsa.jwk.n, e: rsa.jwk.e, d: rsa.jwk.d }),
    'is incomplete: it has no p, q, dp, dq, qi',
  ],
  ['a JWK without its modulus', () => ({ ...rsa.jwk, n: undefined }), 'is incomplete: it has no n'],
  ['a JWK for encryption', () => ({ ...rsa.jwk, use: 'enc' }), 'is not for signatures'],
  ['a JWK for verification', () => ({ ...rsa.jwk, key_ops: ['verify'] }), 'cannot sign'],
  ['a JWK for another algorithm', () => ({ ...rsa.jwk, alg: 'PS256' }), 'is for PS256, not for RS256', 'RS256'],
  ['some other text', () => 'hunter2-hunter2', 'is neither PEM nor a JWK nor a CryptoKey'],
  ['PKCS#1', () => labelled('RSA PRIVATE KEY'), 'is PKCS#1: convert it to PKCS#8 with openssl pkcs8 -topk8 -nocrypt'],
  ['SEC 1', () => labelled('EC PRIVATE KEY'), 'is SEC 1: convert it to PKCS#8'],
  ['a key with a pass phrase', () => labelled('ENCRYPTED PRIVATE KEY'), 'has a pass phrase'],
  ['a certificate', () => labelled('CERTIFICATE'), 'is a certificate'],
  ['PEM of another kind in base64', () => btoa(labelled('RSA PRIVATE KEY')), 'is PKCS#1'],
  [
    'PEM without its first line',
    () => rsa.pem.split('\n').slice(1, -2).join('\n'),
    'is PEM without its first and its last',
  ],
  ['other text in base64', () => btoa('hunter2-hunter2-hunter2'), 'is neither PEM nor a JWK nor a CryptoKey'],
  ['PEM of another kind', () => labelled('X9 KEY'), 'is neither PEM nor a JWK nor a CryptoKey'],
  ['a public PEM', () => rsa.publicPem, 'is a public key'],
  ['PEM without its end', () => rsa.pem.slice(0, 300), 'is cut off'],
  ['JSON that is cut off', () => JSON.stringify(rsa.jwk).slice(0, 300), 'looks like a JWK, but is not JSON'],
  ['a public JWK', () => ({ kty: rsa.jwk.kty, n: rsa.jwk.n, e: rsa.jwk.e }), 'is a public key'],
  ['a JWK with an empty d', () => ({ ...rsa.jwk, d: '' }), 'is a public key'],
  ['a shared secret', () => ({ kty: 'oct', k: 'aHVudGVyMg' }), 'is a shared secret'],
  ['a JWK of another kind', () => ec.jwk, 'does not fit: RS256 needs an RSA key of 2048 bits or more'],
  ['a JWK on another curve', () => ec.jwk, 'does not fit: ES384 needs an EC key on P-384', 'ES384'],
  ['a public CryptoKey', () => rsa.publicKey, 'is a public key'],
  ['a CryptoKey of another kind', () => ec.cryptoKey, 'does not fit: RS256 needs an RSA key'],
  ['a CryptoKey for another hash', () => rsa.cryptoKey, 'does not fit: RS512 needs an RSA key', 'RS512'],
  ['a CryptoKey on another curve', () => ec.cryptoKey, 'does not fit: ES512 needs an EC key on P-521', 'ES512'],
  ['an object of another kind', () => ({ pem: rsa.pem }), 'is neither PEM nor a JWK nor a CryptoKey'],
])('a key that is %s', (_what, make, message, algorithm) => {
  test('is a TypeError at once, which says what is wrong and shows nothing of the key', () => {
    const run = () => privateKeyJwt({ key: make() as SigningKey, algorithm })
    expect(run).toThrow(TypeError)
    expect(run).toThrow(`the private key ${message}`)
    expect(run).not.toThrow(/hunter2|[A-Za-z\d+/_-]{40}/)
  })
})

describe.each<[string, () => SigningKey | Promise<SigningKey>, string, SigningAlgorithm?]>([
  ['PEM of another kind', () => ec.pem, 'is damaged, or is not what RS256 needs: an RSA key of 2048 bits or more'],
  ['PEM on another curve', () => ec.pem, 'is damaged, or is not what ES384 needs: an EC key on P-384', 'ES384'],
  ['PEM that was damaged', () => rsa.pem.replace(/\n.{30}/, '\n'), 'is damaged'],
  ['PEM of a public key under a wrong label', () => rsa.publicPem.replaceAll('PUBLIC', 'PRIVATE'), 'is damaged'],
  ['a JWK that was damaged', () => ({ ...rsa.jwk, n: '!' }), 'is damaged'],
  ['too short', makeShortPem, 'is too short: 1024 bits, where RS256 needs 2048'],
])('a key that is %s', (_what, make, message, algorithm) => {
  test('is a TypeError at the first call, and nothing is sent', async () => {
    const endpoint = createTokenEndpoint()
    const clientAuth = privateKeyJwt({ key: await make(), algorithm })
    const source = createTokenSource({ provider, clientId: 'app', clientAuth, fetch: endpoint.fetch })
    const error: unknown = await source.getToken().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain(`example: the private key ${message}`)
    expect(inspect(error, { depth: 9 })).not.toMatch(/[A-Za-z\d+_-]{60}/)
    expect(endpoint.requests).toHaveLength(0)
  })
})

test('a CryptoKey that cannot sign is refused', async () => {
  const { name, hash } = rsa.cryptoKey.algorithm as RsaHashedKeyAlgorithm
  const { privateKey } = await crypto.subtle.generateKey(
    { name: 'RSA-OAEP', hash, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['encrypt', 'decrypt'],
  )
  expect(() => privateKeyJwt({ key: privateKey })).toThrow('does not fit: RS256 needs an RSA key')
  const mute = { type: 'private', algorithm: { name, hash, modulusLength: 2048 }, usages: [], extractable: false }
  expect(() => privateKeyJwt({ key: mute as never })).toThrow("cannot sign: import it with the usage 'sign'")
})

test.each([
  [{ algorithm: 'HS256' }, 'algorithm must be one of RS256'],
  [{ algorithm: 'none' }, 'algorithm must be one of RS256'],
  [{ algorithm: 'toString' }, 'algorithm must be one of RS256'],
  [{ lifetimeMs: 60 }, 'lifetimeMs must be in milliseconds, from 2000 to 3,600,000'],
  [{ lifetimeMs: 3_600_001 }, 'lifetimeMs must be in milliseconds'],
  [{ lifetimeMs: Number.NaN }, 'lifetimeMs must be in milliseconds'],
  [{ keyId: '' }, 'keyId must be a non-empty string'],
  [{ audience: '' }, 'audience must be a non-empty string'],
  [{ audience: ['a', 'b'] }, 'audience must be a non-empty string'],
  [{ lifetimeMs: '60000' }, 'lifetimeMs must be in milliseconds'],
  [{ header: 'abc' }, 'header must be an object'],
  [{ header: null }, 'header must be an object'],
  [{ kid: 'k' }, 'kid is not an option: check its spelling'],
  [{ header: { typ: '' } }, 'header.typ must be a non-empty string'],
  [{ header: { alg: 'none' } }, 'header must not hold alg'],
  [{ header: { kid: 'k' } }, 'header must not hold kid'],
  [{ header: { crit: 'x' } }, 'header must not hold crit'],
  [{ header: { b64: 'false' } }, 'header must not hold b64'],
])('a wrong option is a TypeError: %o', (options, message) => {
  expect(() => privateKeyJwt({ key: rsa.pem, ...(options as object) })).toThrow(new RegExp(`^${message}`))
})

test('a JWK whose alg is not for assertions is refused', () => {
  expect(() => privateKeyJwt({ key: { ...rsa.jwk, alg: 'RSA-OAEP' } })).toThrow('algorithm must be one of')
})

describe('in a store', () => {
  const entriesOf = async (...keys: SigningKey[]) => {
    const endpoint = createTokenEndpoint()
    const store = new Map()
    for (const key of keys) {
      const clientAuth = privateKeyJwt({ key, algorithm: 'RS256' })
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await createTokenSource({ provider, clientId: 'app', clientAuth, store, fetch: endpoint.fetch }).getToken()
    }
    return store.size
  }

  test('sources with the same key share a token, with any line breaks and any order of members', async () => {
    expect(await entriesOf(rsa.pem, ` ${rsa.pem.replaceAll('\n', String.raw`\n`)}`)).toBe(1)
    expect(await entriesOf(rsa.pem, rsa.pem.replaceAll('\n', '\r\n'))).toBe(1)
    const reversed = Object.fromEntries(Object.entries(rsa.jwk).toReversed()) as JWK
    expect(await entriesOf(rsa.jwk, JSON.stringify(rsa.jwk), reversed)).toBe(1)
    expect(await entriesOf(rsa.cryptoKey, rsa.cryptoKey)).toBe(1)
  })

  test('a source with another key does not get that token', async () => {
    const other = await makeKeys('RS256')
    expect(await entriesOf(rsa.pem, other.pem)).toBe(2)
    expect(await entriesOf(rsa.cryptoKey, other.cryptoKey)).toBe(2)
    // The public part is the same, but a member of the JWK is not.
    expect(await entriesOf(rsa.jwk, { ...rsa.jwk, use: 'sig' })).toBe(2)
  })
})

test('the client authentication shows nothing of the key', () => {
  expect(inspect(privateKeyJwt({ key: rsa.pem }), { depth: 9, showHidden: true })).not.toContain(rsa.pem.slice(40, 80))
})

test('each token request has a new assertion, also after a failure that was bridged, and so has a revocation', async () => {
  const endpoint = createTokenEndpoint()
  endpoint.answer(new Response(null, { status: 503 }))
  const client = { provider, clientId: 'app', clientAuth: privateKeyJwt({ key: rsa.pem }), fetch: endpoint.fetch }
  const source = createTokenSource(client)
  const response = await bearerFetch(source, endpoint.api)('https://api.example/things')
  expect(response.status).toBe(200)
  endpoint.answer(new Response(null, { status: 200 }))
  const { accessToken: token } = await source.getToken()
  await revoke({ ...client, provider: { ...provider, revocationEndpoint: 'https://id.example/revoke' }, token })
  const assertions = await Promise.all(
    endpoint.requests.map(async (request) => new URLSearchParams(await request.text()).get('client_assertion')),
  )
  expect(new Set(assertions).size).toBe(3)
  for (const assertion of assertions) expect(assertion).toMatch(/^ey/)
})

describe('a provider that uses private_key_jwt', async () => {
  const { pem } = await makeKeys('RS256')
  testProvider(test, { ...provider, clientAuth: privateKeyJwt({ key: pem }) })
})
