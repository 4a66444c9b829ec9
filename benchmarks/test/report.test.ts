import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Table } from '../measure/result.ts'
import { formatCell, formatTable } from '../report/format.ts'
import { plotName, writePage, type Results } from '../report/page.ts'
import { drawPlot } from '../report/plot.ts'

const docs = new URL('../../docs/', import.meta.url)
const published = JSON.parse(readFileSync(new URL('../results.json', import.meta.url), 'utf8')) as Results

test.each([
  [undefined, {}, '–'],
  ['text', {}, 'text'],
  [1234.56, {}, '1,235'],
  [1.5, { digits: 2 }, '1.50'],
  [{ median: 1.234, from: 1.2, to: 1.26 }, { digits: 2 }, '1.23 (1.20 to 1.26)'],
])('a cell of %j with %j is written as %j', (cell, column, text) => {
  expect(formatCell(cell, { name: 'column', ...column })).toBe(text)
})

const table: Table = {
  title: 'A table',
  columns: [
    { name: 'client' },
    { name: 'time', unit: 'ms', digits: 1 },
    { name: 'over its base', unit: '×', digits: 2 },
  ],
  rows: [
    ['oauthkit', 2, { median: 1.1, from: 1, to: 1.2 }],
    ['another | peer', undefined, { median: 1.5, from: 1.4, to: 1.6 }],
  ],
}

test('a table has its units in the head, and no cell breaks it', () => {
  expect(formatTable(table).split('\n')).toEqual([
    '| client | time, ms | over its base |',
    '| --- | ---: | ---: |',
    '| oauthkit | 2.0 | 1.10 (1.00 to 1.20) |',
    String.raw`| another \| peer | – | 1.50 (1.40 to 1.60) |`,
  ])
})

test.each([
  ['over its base', ['oauthkit', 'another | peer'], 2],
  ['time', ['oauthkit'], 1],
])('a plot of %j names %j', (plot, names, count) => {
  const svg = drawPlot({ ...table, plot })
  for (const name of names) expect(svg).toContain(`>${name}</text>`)
  expect([...svg.matchAll(/<(?:circle|rect)\b/g)]).toHaveLength(count)
})

test('the published page and its plots are those of the published results', () => {
  const words = (text: string) => text.replaceAll(/[\s|:-]+/g, ' ')
  expect(words(readFileSync(new URL('performance.md', docs), 'utf8'))).toBe(words(writePage(published)))
  const plots = published.results.flatMap((result) =>
    result.tables
      .filter(({ plot }) => plot !== undefined)
      .map((own): [string, string] => [plotName(result, own), drawPlot(own)]),
  )
  expect(readdirSync(new URL('plots/', docs)).toSorted()).toEqual(plots.map(([name]) => name).toSorted())
  for (const [name, svg] of plots) expect(readFileSync(new URL(`plots/${name}`, docs), 'utf8')).toBe(svg)
})
