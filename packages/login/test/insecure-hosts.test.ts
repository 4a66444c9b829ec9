import { none, type Provider } from '@oauthkit/core'
import { expect, test } from 'vitest'
import { errorOf, scripted } from './support.ts'

const issuer = 'http://keycloak:8080/realms/main'

/** A realm in a network of containers. */
const realm: Provider = {
  name: 'realm',
  issuer,
  tokenEndpoint: `${issuer}/token`,
  apis: ['http://shop:3000'],
  insecureHosts: ['keycloak:8080', 'shop:3000'],
  clientAuth: none,
}

const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  end_session_endpoint: `${issuer}/logout`,
  jwks_uri: `${issuer}/certs`,
}

test('a provider in a network of containers signs users in over http:, if its host is named', async () => {
  const { login, asked } = scripted(realm, () => Response.json(metadata))
  expect((await login.start()).url).toMatch(`${issuer}/auth?`)
  expect(await login.endSessionUrl()).toMatch(`${issuer}/logout?`)
  expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`])
})

test.each([
  ['no host', undefined],
  ['another port', ['keycloak']],
])('with %s, it is a TypeError', (_what, insecureHosts) => {
  expect(() => scripted({ ...realm, insecureHosts }, () => Response.json(metadata))).toThrow('issuer must be https:')
})

test('metadata that names another such host is refused', async () => {
  const { login } = scripted(realm, () => Response.json({ ...metadata, jwks_uri: 'http://other:8080/certs' }))
  expect(await errorOf(login.start())).toMatchObject({ code: 'TOKEN_MALFORMED' })
})

test('an http: redirect URI beyond loopback needs its host, too', () => {
  const own = { redirectUri: 'http://app:3000/callback' }
  expect(() => scripted(realm, () => Response.json(metadata), own)).toThrow('redirectUri must be https:')
  const provider = { ...realm, insecureHosts: ['keycloak:8080', 'app:3000'] }
  expect(() => scripted(provider, () => Response.json(metadata), own)).not.toThrow()
})
