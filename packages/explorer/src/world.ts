import { isFault, type Decide, type Removed, type Sent, type Taken, type What } from './choice.ts'
import { faults, faultsAt, type Fault, type Tools } from './faults.ts'
import { replaceGlobals } from './replace-globals.ts'
import { createProcess, type Process, type Step } from './step.ts'

/** What could have been decided at a step. */
type Option = { readonly at: number; readonly whats: readonly What[] }

export type World = ReturnType<typeof createWorld>

/** Waits until no process can do more by itself: a tick comes after all promises. */
const settle = () => new Promise<void>((resolve) => process.nextTick(resolve))

/** When each run begins, by the wall clock: in the year 2027. */
const beginning = 1_800_000_000_000

/**
 * Creates the world of one run: processes with their clocks and timers, and the steps that they wait for. It takes one
 * step after the other. After each, the process does what it can by itself.
 */
export function createWorld(count: number, decide: Decide) {
  const processes = Array.from({ length: count }, (_none, number) => createProcess(number))
  const taken: Taken[] = []
  const sent: Sent[] = []
  const removed: Removed[] = []
  const options: Option[] = []
  const evictors: Tools['evict'][] = []
  const witnesses: ((fault: Fault, step: Step) => void)[] = []
  let steps: Step[] = []
  let current = processes[0] as Process
  let now = 0
  let ids = 0
  let calls = 0
  let isRace = false

  const timeOf = (step: Step) => Math.max(step.at, step.process.frozenUntil)
  const wallOf = (process: Process) => beginning + Math.floor(now) + process.wallOffset
  const add = (step: Step) => void (step.process.isAlive && steps.push(step))
  const tools: Tools = {
    now: () => now,
    add,
    kill: (process) => {
      process.isAlive = false
      steps = steps.filter((step) => step.process !== process)
    },
    freeze: (process, ms) => {
      process.frozenUntil = now + ms
      process.frozenFor += ms
    },
    evict: (what) => evictors.forEach((evict) => evict(what)),
  }

  /** Does work outside of the process, at a step that the world takes when it likes. */
  const effect = <T>(
    kind: Step['kind'],
    label: string,
    work: () => T,
    process = current,
    lane = `process ${process.number}`,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const perform = () => {
        try {
          const value = work()
          return () => resolve(value)
        } catch (error) {
          return () => reject(error)
        }
      }
      ids += 1
      add({ process, kind, label, lane, id: ids, at: now, perform, fail: reject })
    })

  const setTimer = (callback: () => void, ms = 0, everyMs?: number) => {
    ids += 1
    const id = ids
    const process = current
    const start = (at: number): void => {
      const perform = () => () => {
        if (everyMs !== undefined) start(now + everyMs)
        callback()
      }
      add({
        process,
        kind: 'timer',
        label: 'timer',
        lane: `process ${process.number}`,
        id,
        at,
        perform,
        fail: () => {},
      })
    }
    start(now + Math.max(ms, 1))
    return { id, unref: () => {} }
  }
  const clearTimer = (timer: object | undefined) => {
    if (timer && 'id' in timer) steps = steps.filter(({ id }) => id !== timer.id)
  }
  const end = replaceGlobals({ wall: () => wallOf(current), monotonic: () => now, setTimer, clearTimer })

  const take = (step: Step, what?: What) => {
    const { process, kind, label } = step
    steps = steps.filter((one) => one !== step)
    current = process
    // So that no two tokens end at the same time.
    if (kind === 'request' || kind === 'command') now += 1
    if (kind !== 'timer') taken.push({ at: now, process: process.number, label, what })
    if (isFault(what)) {
      faults[what](tools, step)
      for (const witness of witnesses) witness(what, step)
    } else if (kind === 'command' && process.cutUntil > now && process.cut.labels.test(label)) {
      if (process.cut.waits) add({ ...step, at: process.cutUntil })
      else step.fail(new Error('the store is cut off'))
    } else step.perform()()
  }

  /** The process that has just run continues if it can. Then follow the others, and at last the calls that have not begun. */
  const rank = ({ lane, process }: Step) =>
    lane.startsWith('process') ? (process.number - current.number + count) % count : count

  /** Takes the next step. Returns `false` if there is none before `until`. */
  const advance = (until: number): boolean => {
    const ready = steps.filter((step) => step.kind !== 'timer' && timeOf(step) <= now).toSorted((a, b) => a.id - b.id)
    if (ready.length === 0) {
      // A process that thaws reads what has arrived before its timers run.
      const [next] = steps.toSorted(
        (a, b) =>
          timeOf(a) - timeOf(b) ||
          Number(a.kind === 'timer') - Number(b.kind === 'timer') ||
          a.at - b.at ||
          a.id - b.id,
      )
      if (!next || timeOf(next) > until) return false
      now = Math.max(now, timeOf(next))
      if (next.kind === 'timer') take(next)
      return true
    }
    // The first step of each lane.
    const lanes = [...new Map(ready.toReversed().map((step) => [step.lane, step])).values()].toReversed()
    const [usual, ...others] = lanes.toSorted((a, b) => rank(a) - rank(b)) as [Step, ...Step[]]
    if (!isRace) {
      take(usual)
      return true
    }
    const at = options.length
    const whats: readonly What[] = [...others.map(({ lane }): What => `run ${lane}`), ...faultsAt(usual)]
    options.push({ at, whats })
    // A schedule that was shortened can name what is not possible any more.
    const wanted = decide(at, whats)
    const what = wanted !== undefined && whats.includes(wanted) ? wanted : undefined
    take(others.find(({ lane }) => what === `run ${lane}`) ?? usual, what)
    return true
  }

  return {
    processes,
    effect,
    end,
    taken,
    sent,
    removed,
    options,
    evictors,
    witnesses,
    now: () => now,
    wallOf,
    running: () => current,
    isSending: (process: Process) => steps.some((step) => step.process === process && step.kind === 'request'),
    /** Starts work of a process, as one step. */
    start: (process: Process, label: string, work: () => void): void => {
      calls += 1
      void effect('call', label, work, process, `call ${calls}: ${label}`)
    },
    /** Whether each step is decided from now on. */
    race: (is: boolean) => void (isRace = is),
    isRacing: () => isRace,
    /** Takes steps until a condition holds, or the time is over. Without a condition, until the time is over. */
    run: async (ms: number, isOver = () => false): Promise<void> => {
      const until = now + ms
      do await settle()
      while (!isOver() && advance(until))
      if (!isOver()) now = Math.max(now, until)
    },
  }
}
