import { type Scripted, toResponse } from './scripted.ts'
import { abortable, delay } from './wait.ts'

/** Counts, holds and delays the requests to a token endpoint or an API, and can answer them with a script. */
export type Gate = {
  /** How many requests have arrived. */
  readonly arrived: () => number
  /** Lets a request pass. `judge` makes the provider's own response after the wait, from the state of that moment. */
  readonly pass: (request: Request, judge: () => Promise<Response>, delayMs?: number) => Promise<Response>
  /** Answers the next `count` requests with a script. Several scripts are used in order. */
  readonly answer: (count: number, answer: Scripted) => void
  /** Makes the requests that arrive from now on wait until the returned function is called. */
  readonly hold: () => () => void
  /** Resolves when `count` requests have arrived, by default one more than now. */
  readonly whenArrived: (count?: number) => Promise<void>
  /** Counts from zero again, and forgets the scripts. Waiting requests fail like a network error. */
  readonly reset: () => void
}

/** Makes an open gate. */
export function createGate(): Gate {
  let arrived = 0
  let scripts: { left: number; answer: Scripted }[] = []
  let waiting: { count: number; resolve: () => void }[] = []
  const holds = new Set<Hold>()
  // A reset aborts waiting requests. Answered later, they would change the counters and tokens after the reset.
  let epoch = new AbortController()

  const nextScripted = (): Scripted | undefined => {
    const script = scripts[0]
    if (!script) return undefined
    script.left -= 1
    if (script.left <= 0) scripts.shift()
    return script.answer
  }

  return {
    arrived: () => arrived,
    pass: async (request, judge, delayMs = 0) => {
      arrived += 1
      for (const { count, resolve } of waiting) if (count <= arrived) resolve()
      waiting = waiting.filter(({ count }) => count > arrived)
      // Chosen on arrival, so that scripts follow the order of arrival, not of release.
      const scripted = nextScripted()
      if (holds.size > 0 || delayMs > 0) {
        const signal = AbortSignal.any([request.signal, epoch.signal])
        // Only the current holds: a hold that starts later does not apply to earlier requests.
        await abortable(Promise.all(Array.from(holds, ({ released }) => released)), signal)
        if (delayMs > 0) await delay(delayMs, signal)
      }
      return scripted ? toResponse(scripted, request) : judge()
    },
    answer: (count, answer) => {
      if (!(count > 0)) throw new RangeError(`Cannot answer ${count} requests`)
      scripts.push({ left: count, answer })
    },
    hold: () => {
      const hold = createHold()
      holds.add(hold)
      return () => {
        holds.delete(hold)
        hold.release()
      }
    },
    whenArrived: (count = arrived + 1) =>
      new Promise((resolve) => {
        if (count <= arrived) resolve()
        else waiting.push({ count, resolve })
      }),
    reset: () => {
      arrived = 0
      scripts = []
      holds.clear()
      epoch.abort(new TypeError('fetch failed'))
      epoch = new AbortController()
    },
  }
}

type Hold = { readonly released: Promise<void>; readonly release: () => void }

function createHold(): Hold {
  let release!: () => void
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  return { released, release }
}
