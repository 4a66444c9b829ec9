import type { Provider, Rules } from '../provider.ts'
import { randomText } from '../random-text.ts'
import { createRateWindow, type RateWindow } from '../rate-window.ts'
import { answerOrangeCall } from './orange-api.ts'
import { orangeEndpoints } from './orange-endpoints.ts'
import { orangeError } from './orange-error.ts'
import { answerOrangeTokenRequest } from './orange-token-endpoint.ts'

const TOKEN_REQUESTS_PER_MINUTE = 50

/** Orange: two hosts, the machine-to-machine token endpoint of each, the Network APIs Playground, the APIs behind them. */
export const orange: Provider = {
  name: 'orange',
  hosts: ['api.orange.com', 'inside01.api.orange.com'],
  tokenEndpoints: Object.values(orangeEndpoints),
  lifetimeMs: 3_600_000,
  createSettings: () => ({}),
  createRules: (context): Rules => {
    const createTokenRate = () => createRateWindow(context.clock, () => TOKEN_REQUESTS_PER_MINUTE, 60_000)
    const rates = new Map<string, RateWindow>(
      Object.values(orangeEndpoints).map((endpoint) => [endpoint, createTokenRate()]),
    )
    return {
      answerTokenRequest: async (request, place) =>
        withRequestId(
          // The catalogue has 53 under 403; the token endpoint documents a 429, without a body.
          rates.get(place.host + place.path)?.admit()
            ? await answerOrangeTokenRequest(request, place, context)
            : orangeError(53, {}, 429),
        ),
      answerApiCall: async (request, place) => withRequestId(await answerOrangeCall(request, place, context)),
      answerTooManyCalls: () => withRequestId(orangeError(53)),
      reset: () => rates.forEach((rate) => rate.reset()),
    }
  },
}

function withRequestId(response: Response): Response {
  response.headers.set('X-OAPI-Request-Id', randomText(12))
  return response
}
