import { type Scripted, toResponse } from './scripted.ts'
import { abortable, delay } from './wait.ts'

/** What every request to one surface passes on its way in: it is counted, held, delayed, and maybe answered by a script. */
export type Gate = {
  /** How many requests have arrived. */
  readonly arrived: () => number
  /** Lets a request through; `judge` makes the provider's own answer, after the wait, so that it sees the world of then. */
  readonly pass: (request: Request, judge: () => Promise<Response>, delayMs?: number) => Promise<Response>
  /** Answers the next `count` requests by a script; several calls queue up. */
  readonly answer: (count: number, answer: Scripted) => void
  /** Makes the requests that arrive from now on wait, until the returned function is called. */
  readonly hold: () => () => void
  /** Resolves when `count` requests have arrived, by default one more than so far. */
  readonly whenArrived: (count?: number) => Promise<void>
  /** Counts from zero again, forgets the scripts, and fails what waits like a network error. */
  readonly reset: () => void
}

/** Makes an open gate. */
export function createGate(): Gate {
  let arrived = 0
  let scripts: { left: number; answer: Scripted }[] = []
  let waiting: { count: number; resolve: () => void }[] = []
  const holds = new Set<Hold>()
  // What waits when it is aborted belongs to the past: judged later, it would count among what comes after the reset.
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
      // Taken on arrival, so that scripts go out in the order of the requests, whichever is released first.
      const scripted = nextScripted()
      if (holds.size > 0 || delayMs > 0) {
        const signal = AbortSignal.any([request.signal, epoch.signal])
        // Only what holds now: a hold that starts later is for later requests.
        await abortable(Promise.all(Array.from(holds, ({ over }) => over)), signal)
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

type Hold = { readonly over: Promise<void>; readonly release: () => void }

function createHold(): Hold {
  let release!: () => void
  const over = new Promise<void>((resolve) => {
    release = resolve
  })
  return { over, release }
}
