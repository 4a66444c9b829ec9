import { fork } from 'node:child_process'

/** What a process of its own is asked to do. */
export type Job = { readonly module: string; readonly name: string; readonly input: unknown }

/**
 * Calls an exported function in a new process, so that no measurement is affected by the heap, the connections or the
 * compiled code of another one.
 *
 * @param module - the URL of the module that exports the function.
 * @param input - what the function is called with: plain data.
 * @param execArgv - more options of the process.
 */
export async function inOwnProcess<Input, Output>(
  module: string,
  { name }: (input: Input) => Promise<Output>,
  input: Input,
  execArgv: readonly string[] = [],
): Promise<Output> {
  const child = fork(new URL('child.ts', import.meta.url), { execArgv: ['--expose-gc', ...execArgv] })
  return new Promise((resolve, reject) => {
    let answer: { readonly output: Output } | { readonly error: string } | undefined
    child.once('message', (message) => (answer = message as typeof answer))
    child.once('error', reject)
    child.once('exit', (code) => {
      if (answer && 'output' in answer) resolve(answer.output)
      else reject(new Error(`${name} failed: ${answer?.error ?? `exit code ${code}`}`))
    })
    child.send({ module, name, input } satisfies Job)
  })
}
