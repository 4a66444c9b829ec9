import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { withTokenRefresh } from 'fetch-extras'
import * as openid from 'openid-client'
import { ClientCredentials } from 'simple-oauth2'
import { fetchOptions, sendByFetch } from './bases.ts'
import { keepToken, requestToken } from './keep-token.ts'
import { network, type Peer } from './peer.ts'

export const badgateway: Peer = {
  name: '@badgateway/oauth2-client',
  base: 'fetch',
  packages: ['@badgateway/oauth2-client'],
  imports: "export { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'",
  create: ({ tokenOrigin, clientId }) => {
    const client = new OAuth2Client({
      server: tokenOrigin,
      tokenEndpoint: '/token',
      clientId,
      clientSecret: 'secret',
      authenticationMethod: 'client_secret_basic',
    })
    const tokens = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() })
    return sendByFetch((input, init) => tokens.fetch(input as string, init))
  },
}

const byHand = 'keeping the token until its end'

export const openidClient: Peer = {
  name: 'openid-client',
  base: 'fetch',
  packages: ['openid-client'],
  imports: "export { Configuration, clientCredentialsGrant, fetchProtectedResource } from 'openid-client'",
  byHand,
  create: ({ tokenOrigin, clientId }) => {
    const server = { issuer: tokenOrigin, token_endpoint: `${tokenOrigin}/token` }
    const config = new openid.Configuration(server, clientId, 'secret', openid.ClientSecretBasic('secret'))
    openid.allowInsecureRequests(config)
    const token = keepToken(async () => {
      const answer = await openid.clientCredentialsGrant(config)
      return { accessToken: answer.access_token, expiresAt: Date.now() + (answer.expiresIn() ?? 0) * 1000 }
    })
    return async (url, method = 'GET', body) => {
      const { headers } = fetchOptions(method, body)
      return openid.fetchProtectedResource(config, await token.get(), new URL(url), method, body, new Headers(headers))
    }
  },
}

export const simpleOAuth2: Peer = {
  name: 'simple-oauth2',
  base: 'fetch',
  packages: ['simple-oauth2'],
  imports: "export { ClientCredentials } from 'simple-oauth2'",
  byHand,
  create: ({ tokenOrigin, clientId }) => {
    const client = new ClientCredentials({
      client: { id: clientId, secret: 'secret' },
      auth: { tokenHost: tokenOrigin, tokenPath: '/token' },
    })
    const token = keepToken(async () => {
      const answer = await client.getToken({})
      const { access_token, expires_at } = answer.token as { access_token: string; expires_at: Date }
      return { accessToken: access_token, expiresAt: expires_at.getTime() }
    })
    return sendByFetch(async (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('authorization', `Bearer ${await token.get()}`)
      return network(input, { ...init, headers })
    })
  },
}

/** It adds a token only after a 401, so each call would be sent two times: the first token is attached by hand. */
export const fetchExtras: Peer = {
  name: 'fetch-extras, withTokenRefresh',
  base: 'fetch',
  packages: ['fetch-extras'],
  imports: "export { withTokenRefresh } from 'fetch-extras'",
  byHand: 'keeping and attaching the token',
  create: (setting) => {
    const token = keepToken(() => requestToken(setting))
    const send = withTokenRefresh({ refreshToken: token.renew })(network)
    return sendByFetch(async (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('authorization', `Bearer ${await token.get()}`)
      return send(input, { ...init, headers })
    })
  },
}
