import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../guarantees.md', import.meta.url), 'utf8')
const lines = page.split('\n').filter((line) => line.startsWith('- '))
const promises = lines.map((line) => ({
  line,
  ...(/ `(?<file>[\w./-]+)`: (?<name>.+)$/.exec(line)?.groups as Partial<Record<'file' | 'name', string>>),
}))

test('the page contains promises', () => {
  expect(promises.length).toBeGreaterThan(50)
})

test('a promise whose test is in a file of the long run says so', () => {
  const inLongRun = lines.filter((line) => line.includes('.long.test.ts`'))
  expect(inLongRun.length).toBeGreaterThan(5)
  expect(inLongRun.filter((line) => !line.includes('(long run)'))).toEqual([])
})

test.each(promises)('$line', ({ file, name }) => {
  const path = new URL(`../../packages/${file}`, import.meta.url)
  expect(existsSync(path), `${file} exists`).toBe(true)
  const source = readFileSync(path, 'utf8')
  expect(source, `${file} skips nothing`).not.toMatch(/\b(test|it|describe)\.(skip|todo|only)/)
  const spellings = ["'", '"', '`'].map((quote) => `${quote}${name?.replaceAll(quote, `\\${quote}`)}${quote}`)
  expect(
    spellings.some((spelling) => source.includes(spelling)),
    `${file} has the test «${name}»`,
  ).toBe(true)
})
