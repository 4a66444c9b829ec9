import { answerApiCall } from './orange-api.ts'
import { orangeError } from './orange-error.ts'
import { answerTokenRequest } from './orange-token-endpoint.ts'
import type { Provider, Rules } from './provider.ts'
import { randomText } from './random-text.ts'
import { createRateWindow } from './rate-window.ts'

const TOKEN_REQUESTS_PER_MINUTE = 50

/** Orange: the machine-to-machine token endpoint and the APIs behind it. */
export const orange: Provider = {
  name: 'orange',
  origins: ['https://api.orange.com'],
  tokenPath: '/oauth/v3/token',
  lifetimeMs: 3_600_000,
  createRules: (context): Rules => {
    const tokenRate = createRateWindow(context.clock, () => TOKEN_REQUESTS_PER_MINUTE, 60_000)
    const apiRate = createRateWindow(context.clock, context.maxApiCallsPerMinute, 60_000)
    return {
      answerTokenRequest: async (request) =>
        withRequestId(
          // The catalogue has 53 under 403; the token endpoint documents a 429, without a body.
          tokenRate.admit() ? await answerTokenRequest(request, context) : orangeError(53, {}, 429),
        ),
      answerApiCall: async (request, path) =>
        withRequestId(apiRate.admit() ? await answerApiCall(request, path, context) : orangeError(53)),
      reset: () => {
        tokenRate.reset()
        apiRate.reset()
      },
    }
  },
}

function withRequestId(response: Response): Response {
  response.headers.set('X-OAPI-Request-Id', randomText(12))
  return response
}
