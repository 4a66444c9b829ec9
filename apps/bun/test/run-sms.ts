import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The result of a run. */
export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string }

const credentials = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' }

/** Runs the program on Bun, also if the tests run on another runtime. */
export function runSms(parameters: readonly string[], env: Record<string, string> = credentials): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      pathOf('../../../node_modules/.bin/bun'),
      ['--conditions=@oauthkit/source', 'sms.ts', ...parameters],
      // `bun` is a shell script here, and needs the PATH.
      { cwd: pathOf('..'), env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}
