import { expect, test } from 'vitest'
import { bearerFetch, discover, type Provider } from '../src/index.ts'
import { parseSecureUrl } from '../src/plugin/index.ts'
import { api, provider, sourceOver, tokenEndpoint } from './support.ts'

test.each([
  ['http://keycloak:8080/token', ['keycloak:8080']],
  ['http://keycloak/token', ['keycloak']],
  ['http://KEYCLOAK:80/token', ['other', 'keycloak']],
  ['http://[fd00::1]:8080/token', ['[fd00::1]:8080']],
  ['http://keycloak:80/token', ['keycloak:80']],
  ['http://keycloak/token', ['keycloak:80']],
  ['http://keycloak:8080/token', ['KeyCloak:8080']],
])('%s is allowed by the insecureHosts %j', (url, insecureHosts) => {
  expect(parseSecureUrl(url, 'url', insecureHosts).protocol).toBe('http:')
})

test.each([
  ['http://keycloak:8080', undefined],
  ['http://keycloak:8080', []],
  ['http://keycloak:8080', ['keycloak']],
  ['http://keycloak', ['keycloak:8080']],
  ['http://a.keycloak:8080', ['keycloak:8080']],
  ['http://keycloak:8080.evil.example', ['keycloak:8080']],
  ['http://keycloak', ['http://keycloak']],
  ['http://keycloak', ['*']],
  ['http://keycloak:8080', ['keycloak:80']],
  ['http://keycloak', [undefined as never]],
  ['ftp://keycloak:8080', ['keycloak:8080']],
  ['http://cloak:80', 'keycloak:8080' as never],
  ['http://keycloak:8080', 'http://keycloak:8080' as never],
])('%s is refused with the insecureHosts %j', (url, insecureHosts) => {
  expect(() => parseSecureUrl(url, 'url', insecureHosts)).toThrow(TypeError)
})

const inside: Provider = {
  ...provider,
  tokenEndpoint: 'http://keycloak:8080/token',
  apis: ['http://shop:3000/v1'],
  exceptApis: ['http://shop:3000/v1/admin'],
  insecureHosts: ['keycloak:8080', 'shop:3000'],
}

test('a provider in a network of containers gets tokens, and sends them to its APIs only', async () => {
  const endpoint = tokenEndpoint()
  const server = api()
  const send = bearerFetch(sourceOver(endpoint, { provider: inside }), server.fetch)
  await send('http://shop:3000/v1/a')
  await send('http://shop:3000/v1/admin')
  await send('http://shop:3001/v1/a')
  expect(endpoint.requests[0]?.url).toBe('http://keycloak:8080/token')
  expect(server.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', null, null])
})

test.each([
  ['tokenEndpoint', ['shop:3000']],
  ['API URL 1 of 1', ['keycloak:8080']],
])('if the host of %s is not named, that is a TypeError', (what, insecureHosts) => {
  expect(() => sourceOver(tokenEndpoint(), { provider: { ...inside, insecureHosts } })).toThrow(what)
})

test('two sources with the same apis and other insecureHosts do not share what is allowed', () => {
  const { apis } = inside
  expect(() =>
    bearerFetch({ apis, insecureHosts: ['shop:3000'], getToken: async () => ({ accessToken: 'a' }) }),
  ).not.toThrow()
  expect(() => bearerFetch({ apis, getToken: async () => ({ accessToken: 'a' }) })).toThrow('must be https:')
})

test('an issuer in such a network can be discovered', async () => {
  const issuer = 'http://keycloak:8080/realms/main'
  const fetch = async () => Response.json({ issuer, token_endpoint: `${issuer}/token` })
  const options = { apis: ['https://api.example'], insecureHosts: ['keycloak:8080'], fetch }
  expect((await discover(issuer, options)).tokenEndpoint).toBe(`${issuer}/token`)
  const other = { ...options, insecureHosts: [] }
  await expect(discover(issuer, other)).rejects.toThrow('issuer must be https:')
})
