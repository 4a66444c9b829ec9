import { readFileSync } from 'node:fs'
import { slug } from 'github-slugger'
import type { Cell, Table } from '../../benchmarks/measure/result.ts'
import { formatCell } from '../../benchmarks/report/format.ts'
import type { Results } from '../../benchmarks/report/page.ts'

const file = new URL('../../benchmarks/results.json', import.meta.url)
const { results } = JSON.parse(readFileSync(file, 'utf8')) as Results
const tables = results.flatMap((result) => result.tables)

/** The column of the results that a column of a page quotes, by the page's heading. */
const columns: Readonly<Record<string, string>> = {
  'loads first, kB': 'loads first',
  'loads later, kB': 'loads later, where needed',
  'installed packages': 'installed packages',
  'installed, MB': 'size',
  'added to a GET, µs': 'added',
  'added to a POST, µs': 'added',
  'slow calls at the end of a token': 'slow calls',
  'failed calls after a revocation': 'failed calls of 200',
  'token requests, if an API rejects each token': 'token requests',
  'token requests in an outage': 'token requests',
  'back after the outage within, s': 'back within',
  'failed calls of 10, if one token request fails': 'failed calls of 10, after a 503',
}

export const quotedHeadings: readonly string[] = Object.keys(columns)

/** Further names of rows: an installation has the names of packages. */
const aliases: Readonly<Record<string, string>> = {
  oauthkit: '@oauthkit/core + ky',
  'axios-auth-refresh': 'axios + axios-auth-refresh',
  '@octokit/auth-app': '@octokit/auth-app + @octokit/request',
  'fetch-extras, withTokenRefresh': 'fetch-extras',
}

/** The table of the results that has an anchor on the page of all figures. */
export function tableAt(anchor: string): Table {
  const found = tables.find(({ title }) => slug(title) === anchor)
  if (!found) throw new Error(`the results have no table ${anchor}`)
  return found
}

const indexOf = ({ columns: all }: Table, name: string) => all.findIndex((column) => column.name === name)

/** The result of a client, or of what is installed for it. */
export function resultOf(table: Table, client: string, column: string): Cell {
  const row = table.rows.find(([name]) => name === client || name === aliases[client])
  if (!row || indexOf(table, column) < 1) throw new Error(`${table.title} has no ${column} of ${client}`)
  return row[indexOf(table, column)]
}

const withoutInterval = (cell: Cell) => (typeof cell === 'object' && cell !== null ? cell.median : cell)

/** The number in a cell, or the median. */
export const numberOf = (cell: Cell): number => Number(withoutInterval(cell))

/** A figure that a page shows: the page's heading and client, and the table that the heading links to. */
export type QuotedFigure = {
  readonly heading: string
  readonly anchor: string
  readonly client: string
  readonly shown: string
}

/**
 * Replaces the figures of a Markdown text: the cells below headings such as `[installed packages][installation]`. A cell
 * keeps its width.
 */
export function replaceFigures(markdown: string, replace: (figure: QuotedFigure) => string): string {
  const links = markdown.matchAll(/^\[(\w+)\]: performance\.md#(\S+)$/gm)
  const anchors = new Map(Array.from(links, ([, name, anchor]) => [name, anchor]))
  const replaceLine = (line: string, headings: readonly (RegExpExecArray | null)[]) => {
    const [, client = '', ...cells] = line.split('|').slice(0, -1)
    const written = cells.map((cell, index) => {
      const [, heading = '', link] = headings[index + 1] ?? []
      const figure = { heading, anchor: anchors.get(link) ?? '', client: client.trim(), shown: cell.trim() }
      return `${replace(figure)} `.padStart(cell.length)
    })
    return ['', client, ...written, ''].join('|')
  }
  return markdown.replaceAll(
    /^(\|.+\]\[.+\|)\n(\|[-:| ]+\|)\n((?:\|.+\|\n)+)/gm,
    (_, head: string, line: string, body: string) => {
      const cells = head.split('|').slice(1, -1)
      const headings = cells.map((cell) => /^ *\[(.+)\]\[(\w+)\] *$/.exec(cell))
      const rows = body.trim().split('\n')
      return `${[head, line, ...rows.map((row) => replaceLine(row, headings))].join('\n')}\n`
    },
  )
}

/** Writes the figure of the results as the page must show it: without its interval. */
export function measured({ heading, anchor, client }: Omit<QuotedFigure, 'shown'>): string {
  const table = tableAt(anchor)
  const name = columns[heading] ?? ''
  const cell = resultOf(table, client, name)
  return formatCell(withoutInterval(cell), table.columns[indexOf(table, name)] ?? { name })
}
