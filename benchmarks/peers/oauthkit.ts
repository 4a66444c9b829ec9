import {
  bearer,
  bearerFetch,
  clientSecretBasic,
  createTokenSource,
  type Provider,
  type TokenSourceOptions,
} from '@oauthkit/core'
import ky from 'ky'
import { sendByFetch, sendByKy } from './bases.ts'
import type { Peer, Setting } from './peer.ts'

/** Describes the servers of the benchmarks. */
export const describeProvider = ({ tokenOrigin, apiOrigin }: Pick<Setting, 'tokenOrigin' | 'apiOrigin'>): Provider => ({
  name: 'benchmark',
  tokenEndpoint: `${tokenOrigin}/token`,
  apis: [`${apiOrigin}/api`],
  clientAuth: clientSecretBasic,
})

/** A token source for the servers of the benchmarks. */
export const createSource = (
  { clientId, ...servers }: Setting,
  options: Partial<Pick<TokenSourceOptions, 'store' | 'key' | 'onEvent' | 'exceptApis'>> = {},
) =>
  createTokenSource({
    provider: describeProvider(servers),
    clientId,
    clientSecret: 'secret',
    ...options,
  })

export const oauthkit: Peer = {
  name: 'oauthkit',
  base: 'ky',
  packages: ['@oauthkit/core', 'ky'],
  imports: "export { bearer, createTokenSource, clientSecretBasic } from '@oauthkit/core'",
  create: (setting) => sendByKy(ky.create({}).extend(bearer(createSource(setting)))),
}

export const oauthkitFetch: Peer = {
  name: 'oauthkit, bearerFetch',
  base: 'fetch',
  packages: ['@oauthkit/core', 'ky'],
  imports: "export { bearerFetch, createTokenSource, clientSecretBasic } from '@oauthkit/core'",
  create: (setting) => sendByFetch(bearerFetch(createSource(setting))),
}
