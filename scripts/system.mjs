// Installs the programs that the tests need and that no npm package contains, if it can do so without a prompt.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

const missing = [
  ['chromium', 'Chromium: install it, or set CHROMIUM to the path of a Chromium or Chrome', process.env.CHROMIUM],
  ['redis-server', 'a Redis that they start themselves: install redis-server'],
].filter(([name, , elsewhere]) => !onPath(name) && elsewhere === undefined)

if (missing.length > 0) {
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    const names = missing.map(([name]) => name)
    console.log(`Installing ${names.join(' and ')} for the tests …`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
    if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...names)) process.exitCode = 1
  } else {
    for (const [, what] of missing) console.error(`The tests need ${what}.`)
    process.exitCode = 1
  }
}
