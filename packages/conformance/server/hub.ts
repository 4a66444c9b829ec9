import { createEmulator, type Emulator } from '@oauthkit/emulator'
import type { OpenIdProviderOptions } from './openid-configuration.ts'
import { startOpenIdProvider } from './openid-provider.ts'
import { startSite } from './site.ts'

/** A server that starts, controls and stops other servers for tests in other processes. */
export type Hub = Pick<Emulator, 'app'> & {
  /** Stops the servers that still run. */
  readonly close: () => Promise<void>
}

/** A server that only one test uses. */
type Running = {
  readonly url: string
  readonly commands: Readonly<Record<string, unknown>>
  readonly close: () => Promise<void>
}

/**
 * Makes the hub. Each test has its own servers, so that all tests of all runtimes can run at the same time.
 *
 * | request              | what it does                                                          |
 * | -------------------- | --------------------------------------------------------------------- |
 * | `POST /KIND`         | starts a server, with options as JSON; answers `{ id, url }`          |
 * | `POST /KIND/ID/NAME` | runs a command on it: a JSON array of arguments in, `{ result }` out  |
 * | `DELETE /KIND/ID`    | stops it                                                              |
 *
 * KIND is `sites`, which has no options, or `openid-providers`.
 *
 * The hub has a separate address because a browser opens only six connections to one address. If a test makes six calls
 * wait, the command that releases them must not wait behind them.
 */
export function createHub(): Hub {
  const running: Running[] = []
  // The emulator's app already handles CORS.
  const { app } = createEmulator()

  const offer = (kind: string, start: (options: unknown) => Promise<Running>) => {
    app.post(`/${kind}`, async (context) => {
      const options = await context.req.text()
      const server = await start(JSON.parse(options || '{}'))
      const id = running.push(server) - 1
      return context.json({ id, url: server.url })
    })

    app.post(`/${kind}/:id/:command`, async (context) => {
      const commands = running[Number(context.req.param('id'))]?.commands ?? {}
      const command = commands[context.req.param('command')]
      if (typeof command !== 'function') return context.notFound()
      const args: unknown = await context.req.json()
      const result: unknown = await Reflect.apply(command, undefined, Array.isArray(args) ? args : [])
      return context.json({ result })
    })

    app.delete(`/${kind}/:id`, async (context) => {
      await running[Number(context.req.param('id'))]?.close()
      return context.json({})
    })
  }
  offer('sites', startSite)
  offer('openid-providers', (options) => startOpenIdProvider(options as OpenIdProviderOptions))

  return {
    app,
    close: async () => {
      await Promise.all(running.map((server) => server.close()))
    },
  }
}
