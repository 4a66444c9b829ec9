import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { startSite, type Site } from './site.ts'

/** What starts, commands and stops sites for tests in other processes. */
export type Hub = Pick<Emulator, 'app'> & {
  /** Stops the sites that are still there. */
  readonly close: () => Promise<void>
}

/**
 * Makes the hub. Each test has sites of its own, so that all tests of all runtimes may run at once.
 *
 * | request              | what it does                                                          |
 * | -------------------- | --------------------------------------------------------------------- |
 * | `POST /sites`        | starts a site; answers `{ id, url }`                                  |
 * | `POST /sites/ID/NAME`| runs a command on it: a JSON array of arguments in, `{ result }` out  |
 * | `DELETE /sites/ID`   | stops it                                                              |
 *
 * The hub has an address of its own because a browser opens six connections to one address: where a test makes six
 * calls wait, the command to release them must not wait behind them.
 */
export function createHub(): Hub {
  const sites = new Map<string, Site>()
  // The emulator's app is there already, with CORS.
  const { app } = createEmulator()

  app.post('/sites', async (context) => {
    const site = await startSite()
    const id = String(sites.size)
    sites.set(id, site)
    return context.json({ id, url: site.url })
  })

  app.post('/sites/:id/:command', async (context) => {
    const commands: Readonly<Record<string, unknown>> = sites.get(context.req.param('id'))?.commands ?? {}
    const command = commands[context.req.param('command')]
    if (typeof command !== 'function') return context.notFound()
    const args: unknown = await context.req.json()
    const result: unknown = await Reflect.apply(command, undefined, Array.isArray(args) ? args : [])
    return context.json({ result })
  })

  app.delete('/sites/:id', async (context) => {
    await sites.get(context.req.param('id'))?.close()
    return context.json({})
  })

  return {
    app,
    close: async () => {
      await Promise.all(Array.from(sites.values(), (site) => site.close()))
    },
  }
}
