import type { Outcomes } from './protocol.ts'

/** The columns of the table in the README. */
export const head = ['what happened', 'cases', 'results of the calls', 'tokens rejected', 'token requests', 'seconds']

/** Describes results as the table shows them. */
export const resultsOf = (outcomes: Outcomes): string =>
  Object.entries(outcomes)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([outcome, times]) => `${times} × ${outcome.replace(/^\d/, 'status $&')}`)
    .join(', ')

/** Reads the results of each row from the text of the README. */
export function readRows(readme: string): ReadonlyMap<string, string> {
  const rows = tableOf(readme).split('\n').slice(2)
  return new Map(
    rows.map((row) => {
      const [, what = '', , results = ''] = row.split('|').map((cell) => cell.trim())
      return [what, results]
    }),
  )
}

/** Replaces the table in the text of the README. */
export const replaceTable = (readme: string, table: string): string => readme.replace(tableOf(readme), () => table)

const tableOf = (readme: string): string => /^\| what happened.*(?:\n\|.*)*/m.exec(readme)?.[0] ?? ''
