import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { drawDiagram } from '../diagrams/draw-diagram.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string): string => readFileSync(root + file, 'utf8')

const sources = globSync('docs/diagrams/*.dot', { cwd: root }).toSorted()
const drawingOf = (source: string): string => source.replace(/dot$/, 'svg')

/** The texts of a drawing, one after the other. */
const textsOf = (svg: string): string[] =>
  Array.from(svg.matchAll(/<text [^>]*>(.*?)<\/text>/g), ([, text = '']) => text)

/** The functions that a drawing names. */
const functionsIn = (svg: string): string[] =>
  textsOf(svg).flatMap((text) => Array.from(text.matchAll(/(\w+)\(\)/g), ([, name = '']) => name))

const pictures = globSync('docs/*.md', { cwd: root }).flatMap((page) =>
  Array.from(read(page).matchAll(/!\[([^\]]*)\]\((diagrams\/[^)]+)\)/g), ([, alt = '', path = '']) => ({
    page,
    alt,
    file: `docs/${path}`,
  })),
)

const code = globSync('packages/core/src/**/*.ts', { cwd: root }).map(read).join('\n')

/** Whether core has a function of this name, or a method of one of their types. */
const isFunction = (name: string): boolean =>
  new RegExp(String.raw`\b(?:function|const) ${name}\b|^ +(?:readonly )?${name}(?:\([^)]*\): |\?: )`, 'm').test(code)

test('the diagrams are found', () => {
  expect(sources.length).toBeGreaterThan(3)
})

test.each(sources)('the drawing of %s is what docs/diagrams/draw.ts makes', async (source) => {
  expect(read(drawingOf(source))).toBe(await drawDiagram(read(source)))
})

test.each(sources)('the functions in %s exist', (source) => {
  expect(functionsIn(read(drawingOf(source))).filter((name) => !isFunction(name))).toEqual([])
})

test('a function that does not exist is noticed', () => {
  expect(['peek', 'getToken', 'attach', 'sendRequest'].filter((name) => !isFunction(name))).toEqual([])
  expect(isFunction('attachToken')).toBe(false)
})

test.each(sources)('%s is legible on a narrow screen, and in both colour schemes', (source) => {
  const svg = read(drawingOf(source))
  // With 272 pixels, as on a screen of 320, letters of 14 pixels are then at least 11 pixels high.
  expect(Number(/<svg width="(\d+)"/.exec(svg)?.[1])).toBeLessThanOrEqual(340)
  expect(svg).toContain('prefers-color-scheme: dark')
  // The style sets all colours. A colour of the source would not change with the scheme.
  expect(svg).not.toMatch(/(?:fill|stroke)="(?!none|black)/)
})

test.each(sources)('a page shows %s, and its alternative text says the same', (source) => {
  const shown = pictures.filter(({ file }) => file === drawingOf(source))
  expect(shown.length).toBeGreaterThan(0)
  for (const { alt } of shown) {
    expect(alt.length).toBeGreaterThan(100)
    expect(functionsIn(read(drawingOf(source))).filter((name) => !alt.includes(name))).toEqual([])
  }
})

test('each diagram of a page exists', () => {
  expect(pictures.filter(({ file }) => !existsSync(root + file))).toEqual([])
})

test('each reason of a renewal is a state in the life of a token', () => {
  const [, type = ''] = /type RenewalReason = (.+)/.exec(read('packages/core/src/events.ts')) ?? []
  const reasons = Array.from(type.matchAll(/'(\w+)'/g), ([, reason]) => reason)
  expect(reasons.length).toBeGreaterThan(3)
  expect(textsOf(read('docs/diagrams/token-life.svg'))).toEqual(expect.arrayContaining(reasons))
})

test('the diagram of the folders has the arrows of CONTRIBUTING.md', () => {
  const arrowsIn = (text: string, arrow: string) =>
    Array.from(text.matchAll(new RegExp(`^ +(\\w+) ${arrow} (\\w+)$`, 'gm')), ([, from, to]) => `${from} ${to}`)
  const [, inside = ''] = /subgraph inside.*?\n(.*?)^ +end$/ms.exec(read('CONTRIBUTING.md')) ?? []
  const arrows = arrowsIn(inside, '-->')
  expect(arrows.length).toBeGreaterThan(10)
  expect(arrowsIn(read('docs/diagrams/rooms.dot'), '->').toSorted()).toEqual(arrows.toSorted())
})
