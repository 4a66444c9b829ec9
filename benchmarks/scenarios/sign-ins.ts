import { clientSecretBasic } from '@oauthkit/core'
import { createLogin } from '@oauthkit/login'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { compare, type Comparison } from '../measure/compare.ts'
import { inOwnProcess } from '../measure/own-process.ts'
import type { Scenario } from '../measure/result.ts'

const issuer = 'https://id.example'
const redirectUri = 'https://app.example/callback'
const server = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  id_token_signing_alg_values_supported: ['ES256'],
}

/** Replaces the network by a provider that answers at once. A code is the nonce of its sign-in. */
async function startProvider() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }]
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    if (request.method === 'GET') return Response.json(request.url === server.jwks_uri ? { keys } : server)
    const nonce = new URLSearchParams(await request.text()).get('code')
    const idToken = await new SignJWT({ nonce })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience('app')
      .setSubject('a-user')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey)
    return Response.json({ access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, id_token: idToken })
  }
}

/** Returns the URL that the user's browser comes back to. */
function callbackOf(url: string | URL): URL {
  const { searchParams } = new URL(url)
  const answer = { code: searchParams.get('nonce') ?? '', state: searchParams.get('state') ?? '' }
  return new URL(`${redirectUri}?${new URLSearchParams(answer)}`)
}

export async function measure(isQuick: boolean): Promise<Record<string, Comparison>> {
  await startProvider()
  const login = createLogin({
    provider: {
      name: 'benchmark',
      issuer,
      tokenEndpoint: server.token_endpoint,
      apis: ['https://api.example'],
      clientAuth: clientSecretBasic,
    },
    clientId: 'app',
    clientSecret: 'secret',
    redirectUri,
  })
  const config = new openid.Configuration(
    server,
    'app',
    { client_secret: 'secret', id_token_signed_response_alg: 'ES256' },
    openid.ClientSecretBasic('secret'),
  )
  // oauthkit always checks the signature. Without this, openid-client trusts the connection.
  openid.enableNonRepudiationChecks(config)
  const signIn = async () => {
    const { url, transaction } = await login.start()
    return login.finish(callbackOf(url).href, transaction)
  }
  const signInByOpenidClient = async () => {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const expectedState = openid.randomState()
    const expectedNonce = openid.randomNonce()
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
    })
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
    return (await openid.authorizationCodeGrant(config, callbackOf(url), checks)).claims()
  }
  const base = 'openid-client'
  return compare(
    {
      'openid-client': { base, run: signInByOpenidClient },
      'openid-client again': { base, run: signInByOpenidClient },
      '@oauthkit/login': { base, run: signIn },
    },
    isQuick ? { rounds: 2, iterations: 5 } : { rounds: 41, iterations: 100 },
  )
}

export const signIns: Scenario = {
  id: 'sign-ins',
  async run(isQuick) {
    const comparisons = await inOwnProcess(import.meta.url, measure, isQuick)
    return {
      title: 'Sign-ins',
      about:
        'The URL for the browser, and the callback: code, PKCE, state, nonce, and an ID token whose signature is checked. The provider is a function in the same process, and its work is part of the time.',
      tables: [
        {
          title: 'A sign-in',
          columns: [
            { name: 'library' },
            { name: 'over openid-client', unit: '×', digits: 2 },
            { name: 'sign-ins a second' },
          ],
          rows: Object.entries(comparisons).map(([name, { ratio, time }]) => [
            name,
            ratio,
            Math.round(1_000_000 / time.median),
          ]),
        },
      ],
    }
  },
}
