import type { EmulatedProvider } from '../emulated-provider.ts'
import { tooManyCalls } from '../routes.ts'
import { answerDigitaleoCall, digitaleoApis } from './digitaleo-api.ts'
import { createDigitaleoSettings, type DigitaleoSettings } from './digitaleo-settings.ts'
import { answerDigitaleoTokenRequest } from './digitaleo-token-endpoint.ts'

/** Digitaleo: one token endpoint, and APIs on five hosts. */
export const digitaleo: EmulatedProvider<DigitaleoSettings> = {
  name: 'digitaleo',
  hosts: ['oauth.messengeo.net', ...Object.keys(digitaleoApis)],
  tokenEndpoints: ['oauth.messengeo.net/token'],
  lifetimeMs: 3_600_000,
  createSettings: createDigitaleoSettings,
  createRules: (context) => ({
    answerTokenRequest: (request, address) => answerDigitaleoTokenRequest(request, address, context),
    answerApiCall: (request, address) => answerDigitaleoCall(request, address, context),
    answerTooManyCalls: tooManyCalls,
    commands: {
      'token-length': ({ characters }) => {
        context.settings.tokenLength = typeof characters === 'number' ? characters : Number.NaN
        return { characters }
      },
      'max-header-bytes': ({ bytes }) => {
        if (bytes !== undefined && !(typeof bytes === 'number' && Number.isFinite(bytes) && bytes >= 0)) {
          throw new TypeError('The body must be empty, for no limit, or JSON like { "bytes": 8192 }')
        }
        context.settings.maxHeaderBytes = bytes ?? Number.POSITIVE_INFINITY
        return { bytes }
      },
    },
    reset: () => {},
  }),
}
