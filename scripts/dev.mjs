// Watches the packages. After a change, it runs the tests of that file, or of its folder, and checks the package's types.
import { execFile } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createVitest } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

// Tests that share a process start much faster.
const vitest = await createVitest('test', { watch: false, isolate: false, typecheck: { enabled: false } })
await vitest.standalone()

const changed = new Set()
let timer
let running = Promise.resolve()

watch('packages', { recursive: true }, (_event, file) => {
  if (!/^[\w-]+\/(?:src|test)\/.*\.ts$/.test(file ?? '')) return
  changed.add(`packages/${file}`)
  // An editor can write a file in several steps.
  clearTimeout(timer)
  timer = setTimeout(() => (running = running.then(check)), 50)
})
console.log('Watching packages/*/src and packages/*/test. Ctrl+C ends it.')

process.once('SIGINT', () => void vitest.close().then(() => process.exit()))

async function check() {
  const files = [...changed]
  changed.clear()
  const start = performance.now()
  for (const file of files) vitest.invalidateFile(root + file)
  const packages = new Set(files.map((file) => file.split('/').slice(0, 2).join('/')))
  const types = Promise.all(Array.from(packages, checkTypes))
  const tests = await vitest.globTestSpecifications(files.map(testsOf))
  await vitest.runTestSpecifications(tests)
  console.log(`${(await types).join('\n')}\n${Math.round(performance.now() - start)} ms for ${files.join(', ')}`)
}

/** The test with the same name, else the folder of tests with the same name, else all tests of the package. */
function testsOf(file) {
  const [, name, path] = /^packages\/([^/]+)\/(?:src|test)\/(.+?)(?:\.test)?\.ts$/.exec(file)
  const folder = path.includes('/') ? `/${path.slice(0, path.lastIndexOf('/'))}` : ''
  return [`packages/${name}/test/${path}.test.ts`, `packages/${name}/test${folder}/`, `packages/${name}/test/`].find(
    (tests) => existsSync(tests),
  )
}

const checkTypes = (folder) =>
  new Promise((resolve) => {
    execFile('tsc', ['--noEmit', '-p', folder], (error, stdout) =>
      resolve(error ? stdout : `The types of ${folder} fit.`),
    )
  })
