/** A project that tests against the emulator. */
import { createEmulator, emulated, type Counters, type Emulator } from '@oauthkit/emulator'
import { serve, type EmulatorServer } from '@oauthkit/emulator/server'
import { orange } from '@oauthkit/orange'

export async function start(): Promise<[Emulator, EmulatorServer]> {
  const emulator = createEmulator({ orange: { lifetimeMs: 1000 } })
  return [emulator, await serve(emulator, { port: 0 })]
}

export const counters = ({ orange: { counters: all } }: Emulator): Counters => all
export const moved: typeof orange = emulated(orange, 'http://127.0.0.1:1')

// @ts-expect-error -- a lifetime is a number
createEmulator({ orange: { lifetimeMs: '1 s' } })
