import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** How to launch a browser. */
export type LaunchOptions = { readonly executablePath: string; readonly args: string[]; readonly timeout: number }

/** Finds Chromium on this machine. Returns `undefined` if there is none. */
export function findChromium(): LaunchOptions | undefined {
  const { CHROMIUM, PATH = '' } = process.env
  const executablePath =
    CHROMIUM ??
    PATH.split(delimiter)
      .map((folder) => join(folder, 'chromium'))
      .find((file) => existsSync(file))
  // Chromium must connect only to the tests. Its sandbox does not work for root, the usual user in a container.
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

/** Finds Chromium like {@link findChromium}. If there is none, it throws in CI, and elsewhere warns. */
export function requireChromium(): LaunchOptions | undefined {
  const chromium = findChromium()
  if (chromium === undefined) {
    const message = 'Chromium is missing: install it, or set CHROMIUM to the path of a Chromium or Chrome'
    if (process.env['CI']) throw new Error(message)
    console.warn(`${message}. The browser tests do not run.`)
  }
  return chromium
}
