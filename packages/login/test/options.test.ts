import { expect, test } from 'vitest'
import { createLogin, type LoginOptions } from '../src/index.ts'
import { complete } from './support.ts'

const good: LoginOptions = { provider: complete, clientId: 'app', redirectUri: 'https://app.example/callback' }

test('redirect URIs may be http: on loopback', () => {
  expect(() => createLogin({ ...good, redirectUri: 'http://localhost:3000/callback' })).not.toThrow()
})

test.each<[string, Partial<LoginOptions>]>([
  ['example: issuer is missing', { provider: { ...complete, issuer: undefined } }],
  ['example: issuer must be https:', { provider: { ...complete, issuer: 'http://id.example' } }],
  ['example: redirectUri is not an absolute URL', { redirectUri: '/callback' }],
  ['example: redirectUri must be https:', { redirectUri: 'http://app.example/callback' }],
  ['example: redirectUri must not have a fragment', { redirectUri: 'https://app.example/#callback' }],
  ['example: clientId is missing or empty', { clientId: '' }],
  ['example: clientId is missing or empty', { clientId: undefined as never }],
  ['example: clientSecret is missing or empty', { clientSecret: '' }],
  ['example: timeoutMs must be a number above 0', { timeoutMs: 0 }],
  ['example: jwks_uri must be https:', { provider: { ...complete, jwksUri: 'http://id.example/jwks' } }],
  [
    'example: authorization_endpoint must be https:',
    { provider: { ...complete, authorizationEndpoint: 'http://id.example/auth' } },
  ],
])('a wrong option is a TypeError at once: %s', (message, wrong) => {
  expect(() => createLogin({ ...good, ...wrong })).toThrow(TypeError)
  expect(() => createLogin({ ...good, ...wrong })).toThrow(message)
})
