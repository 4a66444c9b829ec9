import { slug } from 'github-slugger'
import type { Result, Table } from '../measure/result.ts'
import { formatTable } from './format.ts'

/** Where and with what the figures were measured. */
export type Environment = {
  readonly date: string
  readonly processors: string
  readonly memoryGB: number
  readonly node: string
  /** The version of each measured package, by its name. */
  readonly versions: Readonly<Record<string, string>>
}

/** All figures of one run. */
export type Results = { readonly environment: Environment; readonly results: readonly Result[] }

export const plotName = ({ title }: Result, table: Table) => `${slug(title)}-${slug(table.title)}.svg`

/** Writes the page of the site. */
export function writePage({ environment, results }: Results): string {
  const { date, processors, memoryGB, node, versions } = environment
  const parts = [
    '# Performance',
    'What oauthkit costs, compared with what users would take instead.',
    `This page and its plots are written by \`npx -y pnpm@12 bench\`. All figures are from one run, on ${date}: ${processors}, ${memoryGB} GB, Node.js ${node}.`,
    "The variants of a comparison run in turn, round by round, so that a change of the machine's speed affects all of them alike. A value with an interval in brackets is the median of all rounds, and the interval holds the median with 95 % certainty. A ratio is formed within each round. A value without an interval was measured once.",
    'Each peer does what its README says. Where a library leaves something to its user, the benchmarks have it written by hand: [the peers](https://github.com/oauthkit/oauthkit/tree/main/benchmarks/peers).',
    ...results.flatMap((result) => [
      `## ${result.title}`,
      result.about,
      ...result.tables.flatMap((table) => [
        `### ${table.title}`,
        ...(table.plot === undefined ? [] : [`![${table.title}: ${table.plot}](plots/${plotName(result, table)})`]),
        formatTable(table),
      ]),
    ]),
    '## Versions',
    formatTable({
      title: 'Versions',
      columns: [{ name: 'package' }, { name: 'version' }],
      rows: Object.entries(versions),
    }),
  ]
  return `${parts.join('\n\n')}\n`
}
