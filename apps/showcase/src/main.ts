import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { readConfiguration } from './configuration/configuration.ts'
import { liveClients } from './configuration/live-clients.ts'
import { createSite } from './create-site.ts'
import { memoryStores } from './stores/memory-stores.ts'
import { redisStores } from './stores/redis-stores.ts'
import { createLog } from './web/create-log.ts'
import { listen } from './web/listen.ts'

const unready: RequestListener = (_request, response) => void response.writeHead(503).end()

try {
  const configuration = readConfiguration(process.env)
  const { host, port, redisUrl, isEmulatorOn, emulatorUrl } = configuration
  const live = liveClients(process.env)
  const log = createLog(configuration.logLevel)
  const generate = (name: string) => {
    log.warn(`${name} is not set: this process uses a random one, so users have to sign in again after a restart`)
    return [randomBytes(32).toString('base64url')]
  }
  const sessionSecrets = configuration.sessionSecrets ?? generate('SESSION_SECRET')
  const keys = configuration.tokenKeys ?? generate('TOKEN_KEY')
  const onError = (error: Error) => log.error({ why: error.message }, 'Redis')
  const stores = redisUrl ? await redisStores({ url: redisUrl, keys, onError }) : memoryStores(keys)

  // Without PUBLIC_URL, the app knows its URL only when it has a port.
  let handle = unready
  const server = await listen((request, response) => handle(request, response), { host, port })
  const publicUrl = configuration.publicUrl ?? server.url
  const closing = new AbortController()
  try {
    // Loaded only if it is needed: the emulator is not installed in production.
    const emulation = isEmulatorOn
      ? await (await import('../dev/emulation.ts')).startEmulation({ emulatorUrl, publicUrl, live })
      : undefined
    const { clients = live, revoke } = emulation ?? {}
    const site = createSite({
      ...configuration,
      clients,
      revoke,
      stores,
      log,
      publicUrl,
      sessionSecrets,
      closing: closing.signal,
    })
    handle = site.handle
    const modes = Object.entries(clients).map(([name, { mode }]) => [name, mode] as const)
    log.info({ url: publicUrl, store: stores.name, providers: Object.fromEntries(modes) }, `Listening on ${server.url}`)
    if (emulation)
      log.warn({ emulator: emulation.url }, 'Providers without credentials are emulated: their data is invented')

    const stop = async (signal: NodeJS.Signals) => {
      log.info(`${signal}: finishing the open requests`)
      closing.abort()
      if (!(await server.stop())) log.warn('Some requests were not answered in time, and were cut off')
      // A refresh token works only one time. If the next one is not stored, the user has to sign in again.
      await site.idle()
      await stores.close()
      await emulation?.close()
    }
    // Only the first time: a second Ctrl+C ends the process at once.
    process.once('SIGINT', (signal) => void stop(signal))
    process.once('SIGTERM', (signal) => void stop(signal))
  } catch (error) {
    await server.stop(0)
    await stores.close()
    throw error
  }
} catch (error) {
  console.error(`Cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
