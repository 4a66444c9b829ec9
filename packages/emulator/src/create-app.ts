import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Clock } from './clock.ts'
import { createControl } from './create-control.ts'
import type { RunningProvider } from './create-emulation.ts'

/** Makes the app that a server serves. */
export function createApp(running: readonly RunningProvider[], clock: Clock): Hono {
  const app = new Hono()
  // Open to all: browsers run tests against it, and it holds no secret worth having.
  app.use(cors({ exposeHeaders: ['*'] }))
  // Without this, hono would also log what a script threw on purpose.
  app.onError((error, context) => context.json({ error: error.message }, 500))
  for (const { provider, handle } of running) {
    const prefix = `/${provider.name}`
    app.all(`${prefix}/*`, (context) => handle(context.req.raw, new URL(context.req.url).pathname.slice(prefix.length)))
  }
  app.route('/control', createControl(running, clock))
  return app
}
