/** What the pages and routes of this Next.js app do: each visit has sources of its own, as in a process of its own. */
import { bearer, clientSecretBasic, createTokenSource } from '@oauthkit/core'
import { createLogin, userLogin } from '@oauthkit/login'
import ky from 'ky'

/** Calls the API with a new token, and again after a renewal. Returns the two tokens' numbers, which the API tells. */
export async function renew() {
  const { client, api } = settings()
  const source = createTokenSource(client)
  const numberOf = async () => (await ky.extend(bearer(source)).get(api).json()).number
  const first = await numberOf()
  const { accessToken } = await source.getToken()
  await source.getToken({ rejected: accessToken })
  return [first, await numberOf()]
}

/** Renews the token of a user. Returns the token's number, and two answers of the userinfo endpoint. */
export async function refresh() {
  const { client, api, user } = settings()
  const source = createTokenSource({ ...client, grant: userLogin() })
  await source.setToken({ ...user, expiresAt: Date.now() - 1000 })
  const { number } = await ky.extend(bearer(source)).get(api).json()
  const login = createLogin({ ...client, redirectUri: 'https://app.example/callback' })
  const token = await source.getToken()
  return { number, names: [(await login.userInfo(token)).name, (await login.userInfo(token)).name] }
}

/** Reads the settings, which the test passes in the environment: nothing of them is in the code. */
function settings() {
  const { url, clientSecret, user } = JSON.parse(process.env.SETTINGS)
  const provider = {
    name: 'example',
    issuer: url,
    authorizationEndpoint: `${url}/authorize`,
    tokenEndpoint: `${url}/token`,
    userinfoEndpoint: `${url}/userinfo`,
    jwksUri: `${url}/keys`,
    apis: [`${url}/api`],
    clientAuth: clientSecretBasic,
  }
  return { client: { provider, clientId: 'app', clientSecret }, api: `${url}/api`, user }
}
