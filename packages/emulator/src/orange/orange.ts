import { createRateWindow, type RateWindow } from '../clock.ts'
import type { EmulatedProvider, Rules } from '../emulated-provider.ts'
import { createOpenId } from '../openid/create-openid.ts'
import { createOpenIdCommands } from '../openid/openid-commands.ts'
import { createOpenIdSettings, type OpenIdSettings } from '../openid/openid-settings.ts'
import { randomText } from '../random.ts'
import { answerOrangeCall } from './orange-api.ts'
import { orangeError } from './orange-errors.ts'
import { orangeEndpoints, orangeFrance, orangeUser } from './orange-servers.ts'
import { answerOrangeTokenRequest } from './orange-token-endpoint.ts'

const TOKEN_REQUESTS_PER_MINUTE = 50

/** Orange: two hosts with a machine-to-machine token endpoint each, the Playground, Orange France, and the APIs. */
export const orange: EmulatedProvider<OpenIdSettings> = {
  name: 'orange',
  hosts: ['api.orange.com', 'inside01.api.orange.com'],
  tokenEndpoints: Object.values(orangeEndpoints),
  lifetimeMs: 3_600_000,
  createSettings: () => createOpenIdSettings('orange', orangeUser),
  createRules: (context): Rules => {
    const createTokenRate = () => createRateWindow(context.clock, () => TOKEN_REQUESTS_PER_MINUTE, 60_000)
    const rates = new Map<string, RateWindow>(
      Object.values(orangeEndpoints).map((endpoint) => [endpoint, createTokenRate()]),
    )
    const openId = createOpenId(orangeFrance, context)
    return {
      answerTokenRequest: async (request, address) =>
        withRequestId(
          // The list of error codes has 53 with status 403. The token endpoint documents 429, without a body.
          rates.get(address.host + address.path)?.admit()
            ? await answerOrangeTokenRequest(request, address, context, openId)
            : orangeError(53, {}, 429),
        ),
      answerApiCall: async (request, address) =>
        withRequestId(
          address.host + address.path === orangeFrance.endpoints.userInfo
            ? openId.answerUserInfo(request)
            : await answerOrangeCall(request, address, context),
        ),
      answerPage: (request, address) => openId.answerPage(request, address)?.then(withRequestId),
      answerTooManyCalls: () => withRequestId(orangeError(53)),
      commands: createOpenIdCommands(context.settings),
      reset: () => {
        rates.forEach((rate) => rate.reset())
        context.settings.keys.reset()
        openId.reset()
      },
    }
  },
}

function withRequestId(response: Response): Response {
  response.headers.set('X-OAPI-Request-Id', randomText(12))
  return response
}
