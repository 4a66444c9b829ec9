import { expressLogin } from '@oauthkit/login/express'
import express from 'express'
import { listen } from './listen.ts'

listen(async () => {
  const { auth, pageOf } = await import('../auth.ts')
  const app = express()
  // A body that was read before the handler must not matter.
  app.use(express.urlencoded())
  app.use(expressLogin(auth))
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 passes errors on
  app.get(['/', '/profile'], async (request, response) => void response.send(await pageOf(request)))
  return app
})
