import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'

/**
 * Logs each request when it is answered; `request.log` writes entries that name it.
 *
 * No headers and no query: cookies are in the one, and the codes of sign-ins in the other.
 */
export const requestLog = (logger: Logger): RequestHandler =>
  pinoHttp({
    logger,
    genReqId: () => randomUUID(),
    // Not the request and the response as they are.
    quietReqLogger: true,
    quietResLogger: true,
    // The log's own serializers do.
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
  // Express takes the mount path off `url` while a router works.
  const { method, url = '', originalUrl = url } = request
  return { method, path: originalUrl.replace(/\?.*$/s, ''), status: statusCode }
}
