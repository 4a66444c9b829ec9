import { none } from '@oauthkit/core'
import { expect, test } from 'vitest'
import { createLogin, type LoginOptions } from '../src/index.ts'
import { complete } from './support.ts'

const good: LoginOptions = {
  provider: complete,
  clientId: 'app',
  clientSecret: 'secret',
  redirectUri: 'https://app.example/callback',
}

test('a public client needs no secret', () => {
  expect(() => createLogin({ ...good, clientSecret: undefined, clientAuth: none })).not.toThrow()
})

test('http: is allowed for a redirect URI on loopback', () => {
  expect(() => createLogin({ ...good, redirectUri: 'http://localhost:3000/callback' })).not.toThrow()
})

test('an option that is undefined need not exist', () => {
  expect(() => createLogin({ ...good, other: undefined } as LoginOptions)).not.toThrow()
})

test('a provider can be an object of a class, or made from another one', async () => {
  class Own {
    readonly #auth = none
    readonly name = 'of a class'
    clientAuth(request: Parameters<typeof none>[0]) {
      return this.#auth(request)
    }
  }
  const { name: _name, clientAuth: _auth, ...rest } = complete
  for (const provider of [Object.assign(new Own(), rest), Object.create(complete) as typeof complete]) {
    // oxlint-disable-next-line no-await-in-loop -- only two
    expect((await createLogin({ ...good, provider }).start()).url).toContain('https://id.example/authorize')
  }
})

test('what is changed in the provider later has no effect', async () => {
  const provider = { ...complete }
  const login = createLogin({ ...good, provider })
  Object.assign(provider, { authorizationEndpoint: 'https://elsewhere.example/authorize', name: 'other' })
  const { url } = await login.start()
  expect(url).toMatch(complete.authorizationEndpoint ?? '')
  await expect(login.finish('/elsewhere', undefined)).rejects.toThrow(/^example: /)
})

test.each<[string, Partial<LoginOptions>]>([
  ['example: issuer is missing', { provider: { ...complete, issuer: undefined } }],
  ['example: issuer must be https:', { provider: { ...complete, issuer: 'http://id.example' } }],
  ['example: redirectUri is not an absolute URL', { redirectUri: '/callback' }],
  ['example: redirectUri must be https:', { redirectUri: 'http://app.example/callback' }],
  ['example: redirectUri must not have a fragment', { redirectUri: 'https://app.example/#callback' }],
  ['example: redirectURI is not an option: check its spelling', { redirectURI: good.redirectUri } as object],
  ['example: toString is not an option: check its spelling', { toString: 1 } as object],
  ['example: clientId is missing or empty', { clientId: '' }],
  ['example: clientId has spaces or line breaks around it', { clientId: 'app ' }],
  ['example: clientSecret has spaces or line breaks around it', { clientSecret: 'secret\n' }],
  ['example: clientId is missing or empty', { clientId: undefined as never }],
  ['example: clientSecret is missing or empty', { clientSecret: '' }],
  ...['openid "all"', 'openid\nall', 'openid\\'].map((scope): [string, Partial<LoginOptions>] => [
    'example: scope must be words of ASCII characters, without quotes and line breaks',
    { scope },
  ]),
  ['example: clientSecret is missing or empty: a client without a secret needs', { clientSecret: undefined }],
  [
    'example: issuer must have no query and no fragment',
    { provider: { ...complete, issuer: 'https://id.example/?x=1' } },
  ],
  ['example: discoveryUrl must be https:', { provider: { ...complete, discoveryUrl: 'http://evil.example/x' } }],
  ['example: timeoutMs must be a number above 0', { timeoutMs: 0 }],
  ['example: timeoutMs must be a number above 0', { timeoutMs: '5000' as never }],
  ['example: clockToleranceMs must be a number from 0 to 300,000', { clockToleranceMs: -1 }],
  ['example: clockToleranceMs must be a number from 0 to 300,000', { clockToleranceMs: 300_001 }],
  ['example: clockToleranceMs must be a number from 0 to 300,000', { clockToleranceMs: Number.NaN }],
  ['example: clockToleranceMs must be a number from 0 to 300,000', { clockToleranceMs: '5000' as never }],
  ['example: clockToleranceMs must be a number from 0 to 300,000', { clockToleranceMs: null as never }],
  ['example: trustedAudiences must be a list of texts', { trustedAudiences: 'api' as never }],
  ['example: trustedAudiences must be a list of texts', { trustedAudiences: ['api', ''] }],
  ['example: trustedAudiences must be a list of texts', { trustedAudiences: [5 as never] }],
  ['example: trustedEndpoints must be a list of URLs', { trustedEndpoints: 'https://id.example' as never }],
  ['example: one of trustedEndpoints is not an absolute URL', { trustedEndpoints: ['id.example'] }],
  ['example: one of trustedEndpoints must be https:', { trustedEndpoints: ['http://id.example'] }],
  ['example: jwks_uri must be https:', { provider: { ...complete, jwksUri: 'http://id.example/jwks' } }],
  [
    'example: authorization_endpoint must be https:',
    { provider: { ...complete, authorizationEndpoint: 'http://id.example/auth' } },
  ],
])('a wrong option is a TypeError at once: %s', (message, wrong) => {
  expect(() => createLogin({ ...good, ...wrong })).toThrow(TypeError)
  expect(() => createLogin({ ...good, ...wrong })).toThrow(message)
})
