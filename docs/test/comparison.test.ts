import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPage } from './page-blocks.ts'
import {
  measured,
  numberOf,
  quotedHeadings,
  replaceFigures,
  resultOf,
  tableAt,
  type QuotedFigure,
} from './quoted-figures.ts'

const page = readPage('comparison.md')

/** The figures in a Markdown text. */
function figuresIn(markdown: string): QuotedFigure[] {
  const found: QuotedFigure[] = []
  replaceFigures(markdown, (figure) => {
    found.push(figure)
    return figure.shown
  })
  return found
}

// After new benchmarks, `vitest -u` writes the figures into the page.
test('each figure of the page is that of the published results', async () => {
  const figures = figuresIn(page)
  expect(new Set(figures.map(({ heading }) => heading))).toEqual(new Set(quotedHeadings))
  expect(figures.length).toBeGreaterThan(100)
  await expect(replaceFigures(page, measured)).toMatchFileSnapshot('../comparison.md')
})

test('a figure that is not that of the results is replaced', () => {
  const tableOf = (figure: string) =>
    `| library | [installed packages][all] |\n| --- | ---: |\n| oauthkit |  ${figure} |\n\n[all]: performance.md#installation\n`
  expect(replaceFigures(tableOf('1'), measured)).toBe(tableOf('2'))
  expect(figuresIn(tableOf('1'))).toMatchObject([{ client: 'oauthkit', shown: '1', anchor: 'installation' }])
})

/** The packages whose versions the page shows, by the name in its first table. */
const packages: readonly (readonly [name: string, folder: string])[] = [
  ["ky, its README's recipe", 'ky'],
  ['@badgateway/oauth2-client', '@badgateway/oauth2-client'],
  ['openid-client', 'openid-client'],
  ['simple-oauth2', 'simple-oauth2'],
  ['google-auth-library', 'google-auth-library'],
  ['@azure/core-rest-pipeline', '@azure/core-rest-pipeline'],
  ['axios, token interceptor', 'axios'],
  ['axios-auth-refresh', 'axios-auth-refresh'],
  ['@octokit/auth-app', '@octokit/auth-app'],
  ['fetch-extras', 'fetch-extras'],
]

test.each(packages)('the page describes the installed version of %s', (name, folder) => {
  const { version } = JSON.parse(
    readFileSync(new URL(`../../benchmarks/node_modules/${folder}/package.json`, import.meta.url), 'utf8'),
  ) as { readonly version: string }
  const row = page.split('\n').find((line) => line.startsWith(`| ${name} `))
  expect(row?.split('|')[2]?.trim()).toBe(version)
})

/** The libraries that a paragraph of "Where others are better" names. */
function namedIn(start: string): string[] {
  const [, text = ''] = new RegExp(`^- \\*\\*${start}\\.\\*\\* (.+?)(?=\\n- |\\n\\n)`, 'ms').exec(page) ?? []
  return packages.map(([, folder]) => folder).filter((folder) => text.split(/[\s,.]+/).includes(folder))
}

test('the libraries that the page calls smaller are smaller', () => {
  const bundle = tableAt('bundle')
  const sizeOf = (name: string) => numberOf(resultOf(bundle, name, 'loads first'))
  const names = namedIn('Smaller').map((name) => (name === 'fetch-extras' ? 'fetch-extras, withTokenRefresh' : name))
  const smaller = bundle.rows.map(([name]) => name).filter((name) => sizeOf(name) < sizeOf('oauthkit'))
  expect(names.toSorted()).toEqual(smaller.filter((name) => !name.startsWith('oauthkit')).toSorted())
})

test.each(['get-each-client-over-its-base', 'post-each-client-over-its-base'])(
  'the clients that the page calls cheaper per call add less time than oauthkit: %s',
  (anchor) => {
    const table = tableAt(anchor)
    const added = (name: string) => numberOf(resultOf(table, name, 'added'))
    const own = Math.min(added('oauthkit (ky)'), added('oauthkit, bearerFetch (fetch)'))
    expect(namedIn('Cheaper per call')).toEqual(['simple-oauth2', '@azure/core-rest-pipeline'])
    for (const name of [
      'ky, static header hook (ky)',
      'simple-oauth2 (fetch)',
      '@azure/core-rest-pipeline (core-rest-pipeline)',
    ])
      expect(added(name)).toBeLessThan(own)
  },
)

test('the page names each library that adds less time to a GET than oauthkit with ky, but more than bearerFetch', () => {
  const table = tableAt('get-each-client-over-its-base')
  const added = (name: string) => numberOf(resultOf(table, name, 'added'))
  const isBetween = (name: string) => added(name) < added('oauthkit (ky)') && !/^(ky|oauthkit)\b/.test(name)
  const cheaper = table.rows.map(([name]) => name).filter(isBetween)
  const named = [...namedIn('Cheaper than oauthkit with ky'), ...namedIn('Cheaper per call')]
  const others = named.filter((name) => name !== 'ky')
  expect(cheaper.map((name) => name.replace(/(,| \().*/, '')).toSorted()).toEqual(others.toSorted())
})

test('oauthkit is the last to notice that the token endpoint works again, as the page says', () => {
  const table = tableAt('the-token-endpoint-answers-500-and-the-token-has-expired')
  const others = table.rows.map(([name]) => name).filter((name) => name !== 'oauthkit')
  expect(others).toHaveLength(10)
  for (const column of ['back within', 'failed calls'])
    for (const name of others)
      expect(numberOf(resultOf(table, name, column))).toBeLessThan(numberOf(resultOf(table, 'oauthkit', column)))
})

test('no call of google-auth-library fails while the token endpoint does not answer, as the page says', () => {
  const table = tableAt('the-token-endpoint-does-not-answer-and-the-token-has-expired')
  expect(resultOf(table, 'google-auth-library', 'failed calls')).toBe(0)
  expect(numberOf(resultOf(table, 'oauthkit', 'failed calls'))).toBeGreaterThan(0)
})

test('the page is right that others need less memory for tenants, and that openid-client signs in more users', () => {
  const [own, ...others] = tableAt('tenants').rows.map(([, bytes]) => numberOf(bytes))
  expect(others).toHaveLength(2)
  for (const bytes of others) expect(bytes).toBeLessThan(own ?? Number.NaN)
  const signIns = tableAt('a-sign-in')
  const perSecond = (name: string) => numberOf(resultOf(signIns, name, 'sign-ins a second'))
  expect(perSecond('openid-client')).toBeGreaterThan(perSecond('@oauthkit/login'))
})
