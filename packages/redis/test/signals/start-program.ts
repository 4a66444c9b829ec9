import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const bin = (name: string) => pathOf(`../../../../node_modules/.bin/${name}`)

/** How each runtime starts a program. */
const runtimes = {
  Node: [process.execPath],
  Bun: [bin('bun')],
  Deno: [bin('deno'), 'run', '--quiet', '--allow-all'],
} as const satisfies Record<string, readonly [string, ...string[]]>

export type Runtime = keyof typeof runtimes

/** The settings of the program. */
export type Settings = {
  readonly serverUrl: string
  /** The Redis that has the user's token. If absent, the token is in memory only. */
  readonly redisUrl: string | undefined
  readonly timeoutMs: number | undefined
  /** The refresh token of a user who has just signed in. If absent, the user's token is in Redis already. */
  readonly refreshToken?: string
}

/** A running program. */
export type Program = {
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM') => void
  /** Lets it get a token, and resolves to `token`, or to the code of the error. */
  readonly getToken: () => Promise<string>
  /** Resolves to the next line that it prints. */
  readonly nextLine: () => Promise<string>
  /** Resolves to its exit code. */
  readonly exited: Promise<number | null>
  /** Kills it, even if it is stopped. */
  readonly end: () => Promise<void>
}

/** Starts the program on a runtime, and resolves when it is ready. */
export async function startProgram(runtime: Runtime, settings: Settings): Promise<Program> {
  const [command, ...parameters] = runtimes[runtime]
  const child = spawn(
    command,
    [...parameters, '--conditions=@oauthkit/source', pathOf('program.ts'), JSON.stringify(settings)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const nextLine = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the program on ${runtime} ended`)
    return value
  }
  const pid = Number(await nextLine())
  let isRunning = true
  void exited.then(() => (isRunning = false))
  return {
    signal: (name) => process.kill(pid, name),
    getToken: () => {
      child.stdin.write('get\n')
      return nextLine()
    },
    nextLine,
    exited,
    end: async () => {
      if (isRunning) process.kill(pid, 'SIGKILL')
      await exited
    },
  }
}
