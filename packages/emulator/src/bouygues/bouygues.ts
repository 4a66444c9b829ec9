import type { JWK } from 'jose'
import type { Provider } from '../provider.ts'
import { bouyguesApis, bouyguesEndpoints } from './bouygues-addresses.ts'
import { answerBouyguesCall, tooManyBouyguesCalls } from './bouygues-api.ts'
import { createAssertionCheck } from './bouygues-assertion.ts'
import { answerCertificateRequest } from './bouygues-certificate-endpoint.ts'
import { answerSecretRequest } from './bouygues-secret-endpoint.ts'
import { createBouyguesSettings, type BouyguesSettings } from './bouygues-settings.ts'

/** Bouygues Telecom: token endpoints for clients with a secret and with a certificate, and the APIs on four hosts. */
export const bouygues: Provider<BouyguesSettings> = {
  name: 'bouygues',
  hosts: [...Object.values(bouyguesEndpoints).map(hostOf), ...Object.keys(bouyguesApis)],
  tokenEndpoints: Object.values(bouyguesEndpoints),
  lifetimeMs: 3_600_000,
  createSettings: createBouyguesSettings,
  createRules: (context) => {
    const assertions = createAssertionCheck(context.clock, context.settings.publicKeys)
    return {
      answerTokenRequest: (request, place) =>
        place.host === hostOf(bouyguesEndpoints.certificate)
          ? answerCertificateRequest(request, place, context, assertions)
          : answerSecretRequest(request, place, context),
      answerApiCall: (request, place) => answerBouyguesCall(request, place, context),
      answerTooManyCalls: tooManyBouyguesCalls,
      commands: {
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
      reset: assertions.reset,
    }
  },
}

function hostOf(address: string): string {
  return address.split('/')[0] ?? ''
}

/** Whether it can be a key at all: a wrong one makes the signatures wrong. */
const isKey = (value: unknown): value is JWK | string =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && 'kty' in value)
