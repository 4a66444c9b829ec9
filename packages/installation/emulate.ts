import { createEmulator, emulated, emulatedUrl, type Emulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { orange } from '@oauthkit/orange'
import { onTestFinished } from 'vitest'
import type { Settings } from './programs/lazy/create-call.ts'

/** An emulator that only one test uses, and the settings with which the programs in `programs/lazy` call it. */
export type Emulation = { readonly emulator: Emulator; readonly settings: Settings }

/** Starts an emulator, and stops it when the test ends. */
export async function emulate(): Promise<Emulation> {
  const emulator = createEmulator()
  const server = await serve(emulator)
  onTestFinished(() => server.close())
  const settings = {
    provider: emulated(orange, server.url),
    api: emulatedUrl('https://api.orange.com/echo', server.url),
    clientId: 'emulated-client',
    clientSecret: 'emulated-secret',
  }
  return { emulator, settings }
}
