import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/**
 * Logs each request when it is answered. `request.log` writes entries with the id of the request.
 *
 * The log has no headers and no query, because they hold cookies and the codes of sign-ins.
 */
export const requestLog = (logger: Logger): RequestHandler =>
  pinoHttp({
    logger,
    genReqId: () => randomUUID(),
    // Otherwise, the log has the whole request and the whole response.
    quietReqLogger: true,
    quietResLogger: true,
    // The log has its own serializers.
    wrapSerializers: false,
    customSuccessObject: (request, response, { responseTime }: { responseTime: number }) => ({
      ...describe(request, response),
      ms: responseTime,
    }),
    customErrorObject: describe,
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'failed',
    customLogLevel: (_request, { statusCode }, error) => (error || statusCode >= 500 ? 'warn' : 'info'),
    autoLogging: { ignore: ({ url = '' }) => url.startsWith('/health/') },
  })

function describe(request: IncomingMessage & { originalUrl?: string }, { statusCode }: ServerResponse) {
  // While a router works, Express removes the router's path from `url`.
  const { method, url = '', originalUrl = url } = request
  return { method, path: originalUrl.replace(/\?.*$/s, ''), status: statusCode }
}
