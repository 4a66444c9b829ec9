import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const docs = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(docs + path, 'utf8')

/** The blocks of code of a page, without their comments, which are translated. */
const codeOf = (page: string): string[] =>
  Array.from(page.matchAll(/^```.*?^```$/gms), ([block]) => block.replaceAll(/^ *\/[/*].*\n/gm, ''))

const pages = globSync('fr/*.md', { cwd: docs }).map((path) => ({ path, name: path.slice('fr/'.length) }))

test('the quick start, the providers and the errors are there in French', () => {
  expect(pages.map(({ name }) => name).toSorted()).toEqual(['errors.md', 'providers.md', 'quick-start.md'])
})

test.each(['providers.md', 'quick-start.md'])('%s has the same code and as many sections in French', (name) => {
  const [english, french] = [read(name), read(`fr/${name}`)]
  expect(codeOf(french)).toEqual(codeOf(english))
  expect(french.match(/^## /gm)?.length).toBe(english.match(/^## /gm)?.length)
})

test('the example of the French page of errors is that of the English page', () => {
  expect(codeOf(read('errors.md'))).toEqual(expect.arrayContaining(codeOf(read('fr/errors.md'))))
})

/** The messages in the tables of a page, each after the name of its package. The first word of a heading is the package. */
const messagesOf = (page: string): string[] =>
  page.split(/^### /m).flatMap((section) => {
    const [owner = ''] = /^[\w-]+/.exec(section) ?? []
    const cells = Array.from(section.matchAll(/^\| (`.+?) +\| .+\|$/gm), ([, first = '']) => first)
    return cells.flatMap((cell) =>
      Array.from(cell.matchAll(/`([^`]+)`/g), ([, message]) => `${owner.toLowerCase()}: ${message}`),
    )
  })

test('each message of the French page of errors is on the English page, under the same package', () => {
  const [english, french] = ['errors.md', 'fr/errors.md'].map((name) =>
    messagesOf(read(name).replace(/^[\s\S]*^## (?:By|Par) message$/m, '')),
  )
  expect(french?.length).toBeGreaterThan(70)
  expect(french?.filter((message) => !english?.includes(message))).toEqual([])
})

test('each code of an error is on the French page', () => {
  const codes = /type OAuthErrorCode = (.+)$/m.exec(
    readFileSync(new URL('../../packages/core/src/errors.ts', import.meta.url), 'utf8'),
  )
  const names = Array.from(codes?.[1]?.matchAll(/'(\w+)'/g) ?? [], ([, code]) => code)
  expect(names).toHaveLength(4)
  for (const name of names) expect(read('fr/errors.md')).toContain(`| \`${name}\``)
})
