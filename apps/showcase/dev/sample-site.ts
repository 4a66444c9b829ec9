import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createSite, type SiteOptions } from '../src/create-site.ts'
import { memoryStores } from '../src/stores/memory-stores.ts'
import { createLog } from '../src/web/create-log.ts'
import { listen } from '../src/web/listen.ts'
import { startEmulation } from './emulation.ts'

/** A site with an emulator, for the tests and the screenshots. */
export type SampleSite = AsyncDisposable & {
  /** Its URL, without a slash at its end. */
  readonly url: string
}

/** The options of {@link startSampleSite}: an emulator in another process, and options of the site. */
export type SampleSiteOptions = Partial<SiteOptions> & { readonly emulatorUrl?: string | undefined }

/** Starts a site on a port that the system chooses, with an emulator of its own unless one is given. */
export async function startSampleSite({ emulatorUrl, ...options }: SampleSiteOptions = {}): Promise<SampleSite> {
  let handle: RequestListener = () => {}
  const server = await listen((request, response) => handle(request, response), { host: '127.0.0.1', port: 0 })
  const publicUrl = options.publicUrl ?? server.url
  const emulation = await startEmulation({ emulatorUrl, publicUrl })
  const stores = options.stores ?? memoryStores([randomBytes(32).toString('base64url')])
  const closing = new AbortController()
  ;({ handle } = createSite({
    clients: emulation.clients,
    revoke: emulation.revoke,
    stores,
    log: createLog('silent'),
    publicUrl,
    sessionSecrets: [randomBytes(32).toString('base64url')],
    sessionMs: 30 * 60_000,
    hasTokensPage: true,
    closing: closing.signal,
    ...options,
  }))
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      await server.stop(0)
      await stores.close()
      await emulation.close()
    },
  }
}
