import type { Process, Step } from './step.ts'

/** What a fault can do to the world. */
export type Tools = {
  readonly now: () => number
  readonly add: (step: Step) => void
  /** Ends a process, as `kill -9` does. */
  readonly kill: (process: Process) => void
  /** Stops a process for a time, as SIGSTOP and SIGCONT do. */
  readonly freeze: (process: Process, ms: number) => void
  /** Removes all entries of the store that are tokens, or that are locks. */
  readonly evict: (what: 'entry' | 'lock') => void
}

/** How long an answer takes that is slow, in milliseconds: longer than any call waits, or longer than the store may take. */
const [slowMs, slowBrieflyMs] = [15_000, 800]
/** How long a process is frozen, in milliseconds: for longer than its lease, or for longer than any call waits. */
const [brieflyMs, longMs] = [7000, 30_000]
/** How long the store refuses commands, in milliseconds. */
const cutMs = 3000
/** By how much a wall clock is set, in milliseconds. */
export const clockStepMs = 7_200_000

const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

const any = /./
const reads = /^get$/i
const writes = /^(set|replace|del|delete)$/i
const locks = /lock$/

function answerLate(tools: Tools, step: Step, ms: number): void {
  const deliver = step.perform()
  tools.add({ ...step, at: tools.now() + ms, label: `the answer of ${step.label}`, perform: () => deliver })
}

function freezeBefore(tools: Tools, step: Step, ms: number): void {
  tools.freeze(step.process, ms)
  tools.add(step)
}

function freezeAfter(tools: Tools, step: Step, ms: number): void {
  const deliver = step.perform()
  tools.freeze(step.process, ms)
  tools.add({ ...step, label: `the answer of ${step.label}`, perform: () => deliver })
}

/** Cuts a process off from its store, beginning with this step. */
function cut(tools: Tools, step: Step, labels: RegExp, { waits = false, ms = cutMs } = {}): void {
  Object.assign(step.process, { cutUntil: tools.now() + ms, cut: { labels, waits } })
  if (waits) tools.add({ ...step, at: step.process.cutUntil })
  else step.fail(refused())
}

const forLong = { ms: Number.POSITIVE_INFINITY }

/** All that can go wrong at a step, and what it does. */
export const faults = {
  'the process ends before it': (tools: Tools, step: Step) => tools.kill(step.process),
  'the process ends after it': (tools: Tools, step: Step) => {
    step.perform()
    tools.kill(step.process)
  },
  'it is refused': (_tools: Tools, step: Step) => step.fail(refused()),
  'its answer is lost': (_tools: Tools, step: Step) => {
    step.perform()
    step.fail(reset())
  },
  'its answer is slow': (tools: Tools, step: Step) => answerLate(tools, step, slowMs),
  'its answer is slow, briefly': (tools: Tools, step: Step) => answerLate(tools, step, slowBrieflyMs),
  'it arrives late': (tools: Tools, step: Step) => tools.add({ ...step, at: tools.now() + slowMs }),
  'it arrives late, briefly': (tools: Tools, step: Step) => tools.add({ ...step, at: tools.now() + slowBrieflyMs }),
  'the message is lost': () => {},
  'the process is frozen before it, briefly': (tools: Tools, step: Step) => freezeBefore(tools, step, brieflyMs),
  'the process is frozen before it': (tools: Tools, step: Step) => freezeBefore(tools, step, longMs),
  'the process is frozen after it, briefly': (tools: Tools, step: Step) => freezeAfter(tools, step, brieflyMs),
  'the process is frozen after it': (tools: Tools, step: Step) => freezeAfter(tools, step, longMs),
  'the store is cut off, and refuses': (tools: Tools, step: Step) => cut(tools, step, any),
  'the store is cut off, and commands wait': (tools: Tools, step: Step) => cut(tools, step, any, { waits: true }),
  'the store is cut off for long': (tools: Tools, step: Step) => cut(tools, step, any, forLong),
  'reads are refused for a while': (tools: Tools, step: Step) => cut(tools, step, reads),
  'locks are refused for a while': (tools: Tools, step: Step) => cut(tools, step, locks),
  'writes are refused for a while': (tools: Tools, step: Step) => cut(tools, step, writes),
  'writes are refused for long': (tools: Tools, step: Step) => cut(tools, step, writes, forLong),
  'the clock is set forward': (_tools: Tools, step: Step) => {
    step.process.wallOffset += clockStepMs
    step.perform()()
  },
  'the clock is set back': (_tools: Tools, step: Step) => {
    step.process.wallOffset -= clockStepMs
    step.perform()()
  },
  'the entry is evicted': (tools: Tools, step: Step) => {
    tools.evict('entry')
    step.perform()()
  },
  'the lock is evicted': (tools: Tools, step: Step) => {
    tools.evict('lock')
    step.perform()()
  },
} as const

export type Fault = keyof typeof faults

const isOfStore = (fault: Fault) => /store|reads|locks|writes/.test(fault)
const isFreeze = (fault: Fault) => fault.includes('frozen before')

const known = new Map<string, readonly Fault[]>()

/** Returns the faults that make a difference at a step. It is asked millions of times, so it keeps its answers. */
export function faultsAt(step: Step): readonly Fault[] {
  const name = `${step.kind} ${step.label}`
  const found = known.get(name) ?? findFaults(step)
  known.set(name, found)
  return found
}

function findFaults({ kind, label }: Step): readonly Fault[] {
  if (kind === 'call' || kind === 'timer') return []
  const all = Object.keys(faults) as Fault[]
  const ofProcess: readonly Fault[] = ['the process ends before it', ...all.filter(isFreeze)]
  if (kind === 'message') return [...ofProcess, 'the message is lost']
  // The work is done already.
  if (label.startsWith('the answer of')) return ofProcess
  const ofCommands = all.filter((fault) => fault !== 'the message is lost')
  if (kind === 'request') return ofCommands.filter((fault) => !isOfStore(fault))
  const kinds: Readonly<Record<string, RegExp>> = { reads, writes, locks }
  return ofCommands.filter((fault) => kinds[fault.split(' ')[0] ?? '']?.test(label) ?? true)
}
