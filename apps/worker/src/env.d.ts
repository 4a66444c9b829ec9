import type * as worker from './worker.ts'

declare global {
  namespace Cloudflare {
    /** The binding of wrangler.jsonc, and the secrets. */
    interface Env {
      readonly TOKENS: KVNamespace
      readonly ORANGE_CLIENT_ID: string
      readonly ORANGE_CLIENT_SECRET: string
      /** The base URL of another server than Orange's, such as an emulator. */
      readonly ORANGE_URL?: string
    }

    interface GlobalProps {
      mainModule: typeof worker
    }
  }
}
