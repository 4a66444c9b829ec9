import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The result of a run. */
export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** How to run the program, in addition to its own arguments. */
export type RunOptions = {
  /** The folder of Deno's databases. Two runs with the same folder share the token. */
  readonly folder: string
  readonly env?: Record<string, string> | undefined
  /** @defaultValue The permissions that the program needs on loopback. */
  readonly permissions?: readonly string[] | undefined
}

const credentials = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' }
const allowed = ['--allow-net=127.0.0.1', '--allow-env=ORANGE_CLIENT_ID,ORANGE_CLIENT_SECRET']

/** Runs the program on Deno, also if the tests run on another runtime. */
export function runShops(
  parameters: readonly string[],
  { folder, env = credentials, permissions = allowed }: RunOptions,
): Promise<Outcome> {
  const flags = ['--unstable-kv', '--conditions=@oauthkit/source', '--quiet', ...permissions]
  return new Promise((resolve) => {
    execFile(
      pathOf('../../../node_modules/.bin/deno'),
      ['run', ...flags, 'shops.ts', ...parameters],
      // `deno` is a shell script here, and needs the PATH.
      { cwd: pathOf('..'), env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', DENO_DIR: folder, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}
