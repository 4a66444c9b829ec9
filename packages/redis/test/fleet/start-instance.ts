import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Command, Message, Outcomes, Settings } from './protocol.ts'

/** A running process of the fleet. */
export type Instance = {
  /** Tests kill, suspend or continue it by signals. */
  readonly process: ChildProcess
  /** Sends a command and returns its results. They are empty if the process dies. */
  readonly ask: (command: Command) => Promise<Outcomes>
  /** Resolves when the process sends itself the signal of the `arm` command. */
  readonly hit: () => Promise<void>
  readonly isAlive: () => boolean
  readonly end: () => Promise<void>
}

/** Starts a process, and resolves when it is ready. */
export async function startInstance(settings: Settings): Promise<Instance> {
  const child = fork(inject('instance'), [JSON.stringify(settings)], {
    // All processes run the same program, so it is compiled only one time.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
  })
  const exited = once(child, 'exit')
  const asked = new Map<number, (outcomes: Outcomes) => void>()
  let last = 0
  let isOver = false
  let whenHit: (() => void) | undefined
  let whenReady: (() => void) | undefined

  child.on('message', (message: Message) => {
    if (message.type === 'ready') whenReady?.()
    if (message.type === 'hit') whenHit?.()
    if (message.type !== 'done') return
    asked.get(message.id)?.(message.outcomes)
    asked.delete(message.id)
  })
  child.once('exit', () => {
    isOver = true
    for (const answer of asked.values()) answer({})
  })

  const isReady = new Promise<boolean>((resolve) => (whenReady = () => resolve(true)))
  if (!(await Promise.race([isReady, exited.then(() => false)]))) throw new Error('an instance did not start')

  return {
    process: child,
    ask: (command) => {
      const id = (last += 1)
      return new Promise((resolve) => {
        if (isOver) return resolve({})
        asked.set(id, resolve)
        child.send({ id, command })
      })
    },
    hit: () => new Promise((resolve) => (whenHit = resolve)),
    isAlive: () => !isOver,
    end: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
