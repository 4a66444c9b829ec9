import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Program } from './programs.ts'
import type { Step } from './tour.ts'

/**
 * Runs a program.
 *
 * @yields each step, when it is done.
 * @throws `Error` if the program fails.
 */
export async function* runProgram(program: Program, env: Record<string, string>): AsyncGenerator<Step> {
  const child = spawn(program.command, program.arguments, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  try {
    for await (const line of createInterface(child.stdout)) yield JSON.parse(line) as Step
    const [code] = await closed
    if (code !== 0) throw new Error(`The program on ${program.runtime} ended with exit code ${String(code)}`)
  } finally {
    child.kill()
  }
}
