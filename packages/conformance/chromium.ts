import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** How to launch a browser. */
export type LaunchOptions = { readonly executablePath: string; readonly args: string[]; readonly timeout: number }

/** Finds the Chromium of this machine, if it has one. */
export function findChromium(): LaunchOptions | undefined {
  const { CHROMIUM, PATH = '' } = process.env
  const executablePath =
    CHROMIUM ??
    PATH.split(delimiter)
      .map((folder) => join(folder, 'chromium'))
      .find((file) => existsSync(file))
  // It shall talk to nobody but the tests; its sandbox does not work for root, as in a container.
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  // The limit of the test decides.
  return executablePath === undefined ? undefined : { executablePath, args, timeout: 0 }
}
