import { createTokenSource, none } from '@oauthkit/core'
import { testProvider } from '@oauthkit/core/testing'
import { createLogin } from '@oauthkit/login'
import { jwtBearer } from '@oauthkit/private-key-jwt'
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { orangeMatchIdFrance, orangeSpain } from '../src/index.ts'

/** A network that gives this answer, and remembers what it was asked. */
function network(answer: object) {
  const requests: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init))
    return Response.json(answer)
  }
  return { fetch, requests }
}

test("a phone's user in Spain signs in without an ID token", async () => {
  // As documented: the lifetime is a text.
  const { fetch, requests } = network({ access_token: 'one', token_type: 'Bearer', expires_in: '119' })
  const scope = 'dpv:FraudPreventionAndDetection#number-verification'
  const client = { clientId: 'app', clientSecret: 'secret', redirectUri: 'https://app.example/callback', fetch }
  const login = createLogin({ provider: orangeSpain, scope, ...client })
  const { url, transaction } = await login.start()
  expect(url).toMatch('https://api.orange.com/camara/oes/number-verification/v0/authorize?')
  expect(new URL(url).searchParams.get('scope')).toBe(scope)
  const { token, claims } = await login.finish(`/callback?code=a-code&state=${transaction.state}`, transaction)
  expect(token).toMatchObject({ accessToken: 'one' })
  expect(claims).toBe(undefined)
  expect(requests[0]?.url).toBe('https://api.orange.com/es/openapi/oauth/v2/token')
  expect(requests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('app:secret')}`)
})

test('Direct Match ID France gets a signed assertion, and no other proof of the client', async () => {
  const { fetch, requests } = network({ access_token: 'one', token_type: 'Bearer', expires_in: 300 })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const apis = ['https://api.orange.com/matchid']
  const source = createTokenSource({
    provider: orangeMatchIdFrance,
    grant: jwtBearer({ key, issuer: 'app' }),
    apis,
    fetch,
  })
  expect((await source.getToken()).accessToken).toBe('one')
  expect(requests[0]?.url).toBe('https://api.orange.com/oauth-jwt/fr/v1/token')
  expect([...new URLSearchParams(await requests[0]?.text()).keys()]).toEqual(['grant_type', 'assertion'])
})

test('Direct Match ID France needs the option apis', () => {
  expect(() => createTokenSource({ provider: orangeMatchIdFrance, clientId: 'app', clientAuth: none })).toThrow(
    'orange-match-id-france: apis is empty',
  )
})

for (const provider of [orangeSpain, orangeMatchIdFrance]) {
  testProvider(test, provider, {
    samples: { tokens: [() => Response.json({ access_token: 'one', token_type: 'Bearer', expires_in: '119' })] },
  })
}
