import type { Hono } from 'hono'
import { type Clock, createClock } from './clock.ts'
import { createApp } from './create-app.ts'
import { createEmulation } from './create-emulation.ts'
import type { Emulation, EmulationOptions } from './emulation.ts'
import { orange } from './orange.ts'
import { unlessAborted } from './unless-aborted.ts'

/** What to know of each provider before it is emulated. */
export type EmulatorOptions = {
  /**
   * Orange.
   *
   * @defaultValue One client, tokens that live as long as Orange's.
   */
  readonly orange?: EmulationOptions
}

/** The emulated providers, their clock, and two ways to reach them. */
export type Emulator = {
  /**
   * A `fetch` that reaches the emulated providers under their real addresses, in process.
   *
   * An unknown origin rejects with `TypeError('fetch failed')`, like a network error. Redirects are not followed.
   */
  readonly fetch: typeof fetch
  /** The hono app that a server serves: each provider under `/<name>`, and what controls them under `/control`. */
  readonly app: Hono
  /** The one clock of all providers. */
  readonly clock: Clock
  /** Orange's control surface. */
  readonly orange: Emulation
}

/** Starts to emulate the providers, with no token handed out yet. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const clock = createClock()
  const runningOrange = createEmulation(orange, clock, options.orange)
  const running = [runningOrange]

  return {
    fetch: async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      const { origin, pathname } = new URL(request.url)
      const reached = running.find(({ provider }) => provider.origins.includes(origin))
      if (!reached) throw new TypeError('fetch failed', { cause: new Error(`No emulated provider at ${origin}`) })
      return unlessAborted(reached.handle(request, pathname), request.signal)
    },
    app: createApp(running, clock),
    clock,
    orange: runningOrange.emulation,
  }
}
