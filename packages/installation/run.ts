import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { tool } from './workspace.ts'

/**
 * Runs a program in a folder, with a separate home. From this process's environment, it gets only the `PATH`. So it
 * sees no settings or caches of this machine, and none that a package manager passes on.
 *
 * @returns its standard output.
 * @throws `Error` with all its output, if it fails.
 */
export async function run(
  [program = '', ...args]: readonly string[],
  folder: string,
  home: string,
  env: Record<string, string> = {},
): Promise<string> {
  const options = {
    cwd: folder,
    timeout: 600_000,
    env: { PATH: `${dirname(tool('node'))}:${process.env['PATH']}`, HOME: home, NO_COLOR: '1', ...env },
  }
  const { stdout } = await promisify(execFile)(program, args, options).catch((error: unknown) => {
    const printed = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${program} ${args.join(' ')}\n${printed.stdout}\n${printed.stderr}`, { cause: error })
  })
  return stdout
}
