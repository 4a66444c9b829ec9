import { readConfiguration } from './configuration.ts'
import { createApp } from './create-app.ts'
import { listen } from './listen.ts'
import { createOrangeApi } from './orange-api.ts'
import { findShops } from './shops.ts'

try {
  const { host, port, orangeUrl } = readConfiguration(process.env)
  // One client for the life of the process: it keeps the token.
  const api = createOrangeApi({ url: orangeUrl })
  const app = createApp({ findShops: (postalCode) => findShops(api, postalCode), log: console.error })
  const server = await listen(app, { host, port })
  console.log(`Listening on ${server.url}`)

  const stop = (signal: NodeJS.Signals) => {
    console.log(`${signal}: finishing the open requests`)
    void server.stop()
  }
  // Only once: a second Ctrl+C is for whoever does not want to wait.
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
} catch (error) {
  console.error(`Cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
