// Installs the programs that the tests need and no npm package brings, where that is possible without asking.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

if (!onPath('chromium') && process.env.CHROMIUM === undefined) {
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    console.log('Installing chromium for the browser tests …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
    if (!apt('update') || !apt('install', '-y', '--no-install-recommends', 'chromium')) process.exitCode = 1
  } else {
    console.error('The browser tests need Chromium: install it, or set CHROMIUM to the path of a Chromium or Chrome.')
    process.exitCode = 1
  }
}
