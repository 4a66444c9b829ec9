import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with vitest's own
  export interface ProvidedContext {
    /** The URL of the emulator. */
    readonly emulator: string
  }
}

/** Starts an emulator, which runs during the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serve(createEmulator())
  project.provide('emulator', server.url)
  return () => server.close()
}
