import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { announcedBy, blocksOf, runBlock } from './page-blocks.ts'

const [hook, ...programs] = blocksOf('why.md')

beforeEach(() => {
  vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
  vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

test('the page shows the hook that its programs import', () => {
  expect(hook).toBe(readFileSync(new URL('../why/ky-hook.ts', import.meta.url), 'utf8'))
  expect(programs.filter((program) => program.includes("from '../why/ky-hook.ts'"))).toHaveLength(5)
})

test.each(programs.map((program, index) => ({ number: index + 1, program })))(
  'program $number of the page prints what its comments say',
  async ({ program }) => {
    const announced = announcedBy(program)
    expect(announced.length).toBeGreaterThan(0)
    const { printed } = await runBlock(program)
    expect(printed).toEqual(announced)
  },
)

test('a call of console.log without a comment is noticed', () => {
  expect(announcedBy("console.log('a') // a\nconsole.log('b')\n")).toEqual(['a', undefined])
})
