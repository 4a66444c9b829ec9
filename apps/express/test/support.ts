import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { createApp } from '../src/create-app.ts'
import { listen } from '../src/listen.ts'
import { createOrangeApi, type OrangeApiOptions } from '../src/orange-api.ts'
import { findShops } from '../src/shops.ts'

/** The app on a port of the system's choice, in front of an emulator of its own. */
export type Site = AsyncDisposable & {
  readonly emulator: Emulator
  /** What the app logged. */
  readonly log: readonly string[]
  /** Ends the emulator's server. */
  readonly stopOrange: () => Promise<void>
  /** Asks the app for a path. */
  readonly get: (path: string, init?: RequestInit) => Promise<Answer>
}

/** What the app answered. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }

/** Starts a site; the options are for its client of Orange. */
export async function startSite(options: OrangeApiOptions = {}): Promise<Site> {
  const emulator = createEmulator()
  const orange = await serve(emulator)
  const log: string[] = []
  const api = createOrangeApi({
    url: `${orange.url}/api.orange.com`,
    clientId: 'emulated-client',
    clientSecret: 'emulated-secret',
    ...options,
  })
  const app = createApp({
    findShops: (postalCode) => findShops(api, postalCode),
    log: (entry) => void log.push(entry),
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  return {
    emulator,
    log,
    stopOrange: orange.close,
    get: (path, init) => get(server.url + path, init),
    [Symbol.asyncDispose]: async () => {
      await server.stop(0)
      await orange.close()
    },
  }
}

/** Sends a request and reads the answer; its connection is not kept. */
export async function get(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { headers: { Connection: 'close' }, ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
