import type * as worker from './worker.ts'

declare global {
  namespace Cloudflare {
    /** What wrangler.jsonc binds, and the secrets. */
    interface Env {
      readonly TOKENS: KVNamespace
      readonly ORANGE_CLIENT_ID: string
      readonly ORANGE_CLIENT_SECRET: string
      /** Another base URL for Orange's APIs and token endpoint, such as an emulator's. */
      readonly ORANGE_URL?: string
    }

    interface GlobalProps {
      mainModule: typeof worker
    }
  }
}
