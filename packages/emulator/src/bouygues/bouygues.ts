import type { JWK } from 'jose'
import type { Address, EmulatedProvider } from '../emulated-provider.ts'
import { readMs } from '../http.ts'
import { createOpenId } from '../openid/create-openid.ts'
import { createOpenIdCommands } from '../openid/openid-commands.ts'
import { tooManyCalls } from '../routes.ts'
import { bouyguesApis, bouyguesEndpoints } from './bouygues-addresses.ts'
import { answerBouyguesCall } from './bouygues-api.ts'
import { createAssertionCheck } from './bouygues-assertion.ts'
import { answerCertificateRequest } from './bouygues-certificate-endpoint.ts'
import { bouyguesServers } from './bouygues-openid.ts'
import { answerBouyguesRevocation, answerSecretRequest } from './bouygues-secret-endpoints.ts'
import { type BouyguesSettings, createBouyguesSettings } from './bouygues-settings.ts'

const signInHosts = bouyguesServers.flatMap(({ endpoints }) => Object.values(endpoints).map(hostOf))

/**
 * Bouygues Telecom: its OpenID providers, its token endpoints for secrets and certificates, and its APIs on four hosts.
 */
export const bouygues: EmulatedProvider<BouyguesSettings> = {
  name: 'bouygues',
  hosts: [...new Set([...Object.values(bouyguesEndpoints).map(hostOf), ...signInHosts, ...Object.keys(bouyguesApis)])],
  tokenEndpoints: Object.values(bouyguesEndpoints),
  lifetimeMs: 3_600_000,
  createSettings: createBouyguesSettings,
  createRules: (context) => {
    const assertions = createAssertionCheck(context.clock, context.settings.publicKeys)
    const running = bouyguesServers.map((server) => ({ ...server, openId: createOpenId(server, context) }))
    const openIdAt = (endpoint: 'token' | 'userInfo' | 'revocation', { host, path }: Address) =>
      running.find(({ endpoints }) => endpoints[endpoint] === host + path)?.openId
    return {
      answerTokenRequest: (request, address) => {
        const openId = openIdAt('token', address)
        return openId
          ? answerSecretRequest(request, address, context, openId)
          : answerCertificateRequest(request, address, context, assertions)
      },
      answerApiCall: async (request, address) =>
        openIdAt('userInfo', address)?.answerUserInfo(request) ?? answerBouyguesCall(request, address, context),
      answerPage: (request, address) => {
        const openId = openIdAt('revocation', address)
        if (openId) return answerBouyguesRevocation(request, context, openId)
        return running
          .map((server) => server.openId.answerPage(request, address))
          .find((answer) => answer !== undefined)
      },
      answerTooManyCalls: tooManyCalls,
      commands: {
        ...createOpenIdCommands(context.settings),
        'public-keys': ({ clientId, publicKey }) => {
          if (typeof clientId !== 'string' || !isKey(publicKey)) {
            throw new TypeError(
              'The body must be JSON like { "clientId": "…", "publicKey": "-----BEGIN PUBLIC KEY-----…" }',
            )
          }
          context.settings.publicKeys.set(clientId, publicKey)
          return { clientId }
        },
        'certificate-lifetime': ({ ms }) => ({ ms: (context.settings.certificateLifetimeMs = readMs(ms)) }),
      },
      reset: () => {
        assertions.reset()
        context.settings.keys.reset()
        running.forEach(({ openId }) => openId.reset())
      },
    }
  },
}

function hostOf(address: string): string {
  return address.split('/')[0] ?? ''
}

/** Whether a value can be a key. With a wrong key, all signatures are refused later. */
const isKey = (value: unknown): value is JWK | string =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && 'kty' in value)
