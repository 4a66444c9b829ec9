import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { listen } from './listen.ts'

listen(async () => {
  const { auth, pageOf } = await import('../auth.ts')
  const app = new Hono()
  app.use(async (context, next) => (await auth.handle(context.req.raw)) ?? next())
  app.get('*', async (context) => context.html(await pageOf(context.req.raw)))
  return getRequestListener(app.fetch)
})
