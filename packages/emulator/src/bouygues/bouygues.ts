import type { JWK } from 'jose'
import type { Address } from '../address.ts'
import type { EmulatedProvider } from '../emulated-provider.ts'
import { createOpenId } from '../openid/create-openid.ts'
import { createOpenIdCommands } from '../openid/openid-commands.ts'
import { bouyguesApis, bouyguesEndpoints } from './bouygues-addresses.ts'
import { answerBouyguesCall, tooManyBouyguesCalls } from './bouygues-api.ts'
import { createAssertionCheck } from './bouygues-assertion.ts'
import { answerCertificateRequest } from './bouygues-certificate-endpoint.ts'
import { bouyguesServers } from './bouygues-openid.ts'
import { answerBouyguesRevocation } from './bouygues-revocation.ts'
import { answerSecretRequest } from './bouygues-secret-endpoint.ts'
import { createBouyguesSettings, type BouyguesSettings } from './bouygues-settings.ts'

const signInHosts = bouyguesServers.flatMap(({ endpoints }) => Object.values(endpoints).map(hostOf))

/** Bouygues Telecom: where users sign in, token endpoints for secrets and for certificates, and the APIs on four hosts. */
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
      answerTooManyCalls: tooManyBouyguesCalls,
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
        'certificate-lifetime': ({ ms }) => {
          if (typeof ms !== 'number' || ms < 0)
            throw new TypeError('The body must be JSON like { "ms": 1000 }, not negative')
          context.settings.certificateLifetimeMs = ms
          return { ms }
        },
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

/** Whether it can be a key at all: a wrong one makes the signatures wrong. */
const isKey = (value: unknown): value is JWK | string =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && 'kty' in value)
