/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes their errors on */
import { expressLogin } from '@oauthkit/login/express'
import express, { type Express } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import { home } from './home.ts'
import { Problem, answerWithProblem } from './problem.ts'
import { auth, digitaleo, orange } from './providers.ts'

/** Makes the app. Express 5 passes the errors of its routes on to the last line. */
export function createApp(log: Logger): Express {
  const app = express()
  app.use(pinoHttp({ logger: log, serializers: { req: describeRequest, res: describeResponse } }))
  app.get('/health', (_request, response) => void response.json({ status: 'ok' }))
  app.use(expressLogin(auth))

  app.get('/', async (request, response) => {
    response.type('html').send(home(await auth.userOf(request)))
  })

  app.get('/shops', async (request, response) => {
    const { postalCode } = request.query
    if (typeof postalCode !== 'string' || !/^\d{5}$/.test(postalCode))
      throw new Problem(400, 'Give a postal code of five digits, such as /shops?postalCode=35000')
    response.json(await orange.get('poi/v1/shops', { searchParams: { postalCode } }).json())
  })

  app.get('/campaigns', async (_request, response) => {
    response.json(await digitaleo.get('rest/campaigns', { searchParams: { limit: 20 } }).json())
  })

  app.get('/usage', async (request, response) => {
    const api = await auth.kyOf(request)
    response.json(await api.get('customer-management/v1/usage-consumptions/mobile-data').json())
  })

  app.use((_request, _response, next) => next(new Problem(404, 'There is nothing at this address')))
  app.use(answerWithProblem)
  return app
}

/** Without headers, which have cookies, and without the query, which has the code of a sign-in. */
const describeRequest = ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] })

const describeResponse = ({ statusCode }: { statusCode: number }) => ({ status: statusCode })
