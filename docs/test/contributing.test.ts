import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const text = readFileSync(`${root}CONTRIBUTING.md`, 'utf8')

test('the table of CONTRIBUTING.md has a row for each folder, and each row is a folder', () => {
  const [, table = ''] = /^## Where things are\n(.*?)^## /ms.exec(text) ?? []
  const rows = Array.from(table.matchAll(/^\| `([^`]+)` +\|/gm), ([, folder = '']) => folder)
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n')
  const folders = files.map((file) => /^packages\/[^/]+(?=\/)|^[^/]+(?=\/)/.exec(file)?.[0])
  expect(new Set(rows)).toEqual(new Set(folders.filter((folder) => folder !== undefined)))
  expect(rows).toHaveLength(new Set(rows).size)
})

/** The imports of files of core, as `life/options → request/apis`. Types and code alike. */
const imports = globSync('**/*.ts', { cwd: `${root}packages/core/src` }).flatMap((file) => {
  const code = readFileSync(`${root}packages/core/src/${file}`, 'utf8').replaceAll(/^ *\*.*$/gm, '')
  const folder = new URL(file, 'file:///')
  return Array.from(code.matchAll(/\bfrom '([^']+)'/g), ([, target = '']) => {
    const path = target.startsWith('.') ? new URL(target, folder).pathname.slice(1) : target
    return `${file} → ${path}`.replaceAll('.ts', '')
  })
})

test.each([
  ['request imports nothing from life', /^request\/.+ → life\//, []],
  ['life imports only apis from request', /^life\/.+ → request\//, ['life/options → request/apis']],
  ['loaded-later imports nothing from request', /^loaded-later → request\//, []],
  ['failure imports nothing from request', /^failure\/.+ → request\//, []],
  ['only request/bearer imports ky', / → ky$/, ['request/bearer → ky']],
])('how CONTRIBUTING.md describes the imports of core is true: %s', (_what, pattern, found) => {
  expect(imports.length).toBeGreaterThan(100)
  expect(imports.filter((one) => pattern.test(one))).toEqual(found)
})

test('the picture calls the groups of files as the table does', () => {
  const [, table = ''] = /^## How core is built\n(.*?)^This picture/ms.exec(text) ?? []
  const [, picture = ''] = /subgraph inside.*?\n(.*?)^ +end$/ms.exec(text) ?? []
  const names = Array.from(picture.matchAll(/^ +\w+\["(.+)"\]$/gm), ([, name = '']) => name)
  expect(names.length).toBeGreaterThan(8)
  for (const name of names) expect(table).toMatch(new RegExp(`[\`| ]${name}[\`: ]`))
})
