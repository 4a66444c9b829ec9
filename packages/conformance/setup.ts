import { serve } from '@oauthkit/emulator/server'
import type { TestProject } from 'vitest/node'
import { createHub } from './server/hub.ts'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with vitest's own
  export interface ProvidedContext {
    /** The URL that the hub listens at. */
    readonly hub: string
  }
}

/** Starts the hub outside the tests, on the runtime that vitest itself runs on. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const hub = createHub()
  const server = await serve(hub)
  project.provide('hub', server.url)
  return async () => {
    await hub.close()
    await server.close()
  }
}
