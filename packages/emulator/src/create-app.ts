import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Clock } from './clock.ts'
import { createControl } from './create-control.ts'
import type { RunningProvider } from './create-emulation.ts'
import { emulatedUrl } from './emulated.ts'

/** Makes the app that a server serves. */
export function createApp(running: readonly RunningProvider[], clock: Clock): Hono {
  const app = new Hono()
  // Before CORS: pages of other origins must not control the emulator.
  app.route('/control', createControl(running, clock))
  // CORS is open: browsers run tests against the app, and it holds no real secret.
  app.use(cors({ exposeHeaders: ['*'] }))
  // Without this, hono would also log the errors that a script throws on purpose.
  app.onError((error, context) => context.json({ error: error.message }, 500))
  for (const { hosts, handle } of running) {
    for (const host of hosts) {
      app.all(`/${host}/*`, ({ req }) => {
        const { origin, pathname } = new URL(req.url)
        const path = pathname.slice(host.length + 1)
        return handle(req.raw, { host, path, addressOf: (url) => emulatedUrl(url, origin) })
      })
    }
  }
  // Browsers that show a page ask for it, and would log an error.
  app.get('/favicon.ico', () => new Response(null, { status: 204 }))
  app.notFound((context) => {
    const error = `Nothing is at ${context.req.path}: the first segment of the path must be one of the hosts`
    return context.json({ error, hosts: running.flatMap(({ hosts }) => hosts) }, 404)
  })
  return app
}
