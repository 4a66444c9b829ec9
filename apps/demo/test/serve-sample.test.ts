import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// The tests can run on Bun or Deno, but the app runs on Node. So process.execPath is not used.
const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))

const program = `process.exitCode = await (await import(${JSON.stringify(new URL('../serve-sample.ts', import.meta.url))})).serveSample()`

test('the sample app is served and its URL is printed, until a signal ends it', async () => {
  const child = spawn(node, ['--input-type=module', '--eval', program], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'close')
  try {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const address = /The sample app is at (http:\S+) \(.*shops: emulated.*Ctrl\+C ends it/
    while (!address.test(output)) {
      // oxlint-disable-next-line no-await-in-loop -- until the URL is printed
      await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error(output)))])
    }
    const [, url = ''] = address.exec(output) ?? []
    const response = await fetch(`${url}/health/ready`, { headers: { Connection: 'close' } })
    expect(await response.json()).toEqual({ status: 'ok', store: 'memory' })
    process.kill(child.pid ?? NaN, 'SIGTERM')
    const [code] = (await exited) as unknown[]
    expect(code).toBe(0)
  } finally {
    child.kill('SIGKILL')
    await exited
  }
})
