import { createHash } from 'node:crypto'

/** The clocks and timers of the process that runs. */
export type Environment = {
  readonly wall: () => number
  readonly monotonic: () => number
  readonly setTimer: (callback: () => void, ms?: number, everyMs?: number) => object
  readonly clearTimer: (timer: object | undefined) => void
}

/** Replaces what the code takes from the platform and what a run must decide. Returns a function that puts it back. */
export function replaceGlobals({ wall, monotonic, setTimer, clearTimer }: Environment): () => void {
  let random = 0
  let ids = 0
  const globals: readonly (readonly [object, string, unknown])[] = [
    [globalThis, 'setTimeout', setTimer],
    [globalThis, 'setInterval', (callback: () => void, ms = 1) => setTimer(callback, ms, ms)],
    [globalThis, 'clearTimeout', clearTimer],
    [globalThis, 'clearInterval', clearTimer],
    [Date, 'now', wall],
    [performance, 'now', monotonic],
    [Math, 'random', () => (random = (random + 0.377) % 1)],
    [crypto, 'randomUUID', () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`],
    // The platform's digest runs in another thread, so it would not be over when the next step is taken.
    [
      crypto.subtle,
      'digest',
      async (_name: string, data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest()).buffer,
    ],
  ]
  const originals = globals.map(([object, name]) => Object.getOwnPropertyDescriptor(object, name))
  for (const [object, name, value] of globals)
    Object.defineProperty(object, name, { value, configurable: true, writable: true })
  return () => {
    for (const [number, [object, name]] of globals.entries()) {
      const original = originals[number]
      if (original) Object.defineProperty(object, name, original)
      else Reflect.deleteProperty(object, name)
    }
  }
}
