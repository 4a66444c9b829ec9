import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { announcedBy, blocksOf, runBlock } from './page-blocks.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Inside this workspace, so that the files find the packages. */
const folder = fileURLToPath(new URL('../generated-testing/', import.meta.url))

const page = readFileSync(new URL('../testing.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```js\n\/\/ (?<name>\S+)\n(?<code>.*?)^```/gms)]

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const { groups } of blocks) writeFileSync(`${folder}${groups?.['name']}`, groups?.['code'] ?? '')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the page has a module and its tests', () => {
  expect(blocks.map(({ groups }) => groups?.['name'])).toEqual(['find-shops.js', 'find-shops.test.js'])
})

test.each([
  ['node', ['--conditions=@oauthkit/source', '--test'], /^# pass 4$|pass 4/m],
  ['deno', ['test', '--conditions=@oauthkit/source', '--allow-env', '--no-check'], /4 passed/],
  ['bun', ['test', '--conditions=@oauthkit/source'], /4 pass/],
])('the four tests of the page pass with %s', async (runtime, args, passed) => {
  const tool = `${root}node_modules/.bin/${runtime}`
  const { stdout, stderr } = await promisify(execFile)(tool, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  expect(stdout + stderr).toMatch(passed)
})

test('the program about the time prints what its comments say', async () => {
  vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
  vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
  const program = blocksOf('testing.md').find((code) => code.includes('clock.advance')) ?? ''
  expect((await runBlock(program)).printed).toEqual(announcedBy(program))
  vi.unstubAllEnvs()
})
