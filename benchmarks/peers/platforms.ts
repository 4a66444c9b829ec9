import { generateKeyPairSync } from 'node:crypto'
import { bearerTokenAuthenticationPolicy, createEmptyPipeline } from '@azure/core-rest-pipeline'
import { createAppAuth } from '@octokit/auth-app'
import { OAuth2Client } from 'google-auth-library'
import { createOctokit, sendByGaxios, sendByOctokit, sendByPipeline } from './bases.ts'
import { requestToken } from './keep-token.ts'
import { network, type Peer } from './peer.ts'

// Libraries that are made for one platform, with their endpoints replaced.

export const google: Peer = {
  name: 'google-auth-library',
  base: 'gaxios',
  packages: ['google-auth-library'],
  imports: "export { OAuth2Client } from 'google-auth-library'",
  create: ({ tokenOrigin, clientId }) => {
    const client = new OAuth2Client({
      clientId,
      clientSecret: 'secret',
      endpoints: { oauth2TokenUrl: `${tokenOrigin}/token` },
      transporterOptions: { fetchImplementation: network },
    })
    client.setCredentials({ refresh_token: 'a-refresh-token' })
    return sendByGaxios(client)
  },
}

export const azure: Peer = {
  name: '@azure/core-rest-pipeline',
  base: 'core-rest-pipeline',
  packages: ['@azure/core-rest-pipeline'],
  imports: "export { bearerTokenAuthenticationPolicy } from '@azure/core-rest-pipeline'",
  byHand: 'the token request',
  create: (setting) => {
    const pipeline = createEmptyPipeline()
    const getToken = async () => {
      const { accessToken, expiresAt } = await requestToken(setting)
      return { token: accessToken, expiresOnTimestamp: expiresAt }
    }
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: { getToken }, scopes: 'api' }))
    return sendByPipeline(pipeline)
  },
}

export const octokit: Peer = {
  name: '@octokit/auth-app',
  base: '@octokit/request',
  packages: ['@octokit/auth-app', '@octokit/request'],
  imports: "export { createAppAuth } from '@octokit/auth-app'",
  create: ({ apiOrigin }) => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const request = createOctokit(apiOrigin)
    const auth = createAppAuth({ appId: 1, privateKey, installationId: 1, request, log: { warn: () => {} } })
    return sendByOctokit(request.defaults({ request: { hook: auth.hook.bind(auth) } }))
  },
}
