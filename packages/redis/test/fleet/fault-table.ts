import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import { head, readRows, replaceTable, resultsOf } from './fault-rows.ts'

const readme = fileURLToPath(new URL('../../README.md', import.meta.url))

/**
 * Writes the results of all faults to the table in the README, if the variable `FAULT_TABLE` is `write`. Otherwise the
 * run fails if the table has a row that no test has produced.
 */
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const inOrder = modules.toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1))
    const faults = inOrder.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => test.meta().fault ?? []),
    )
    const text = readFileSync(readme, 'utf8')
    if (process.env['FAULT_TABLE'] === 'write') {
      const rows = [...new Set(faults.map(({ row }) => row))].map((row) => {
        const cases = faults.filter((fault) => fault.row === row)
        return [
          row,
          String(cases.length),
          [...new Set(cases.map(({ outcomes }) => resultsOf(outcomes)))].join(' or '),
          range(cases.map(({ rejected }) => rejected)),
          range(cases.map(({ tokenRequests }) => tokenRequests)),
          range(cases.map(({ seconds }) => Number(seconds.toFixed(1)))),
        ]
      })
      const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
      writeFileSync(readme, replaceTable(text, lines.join('\n')))
      execFileSync('oxfmt', [readme], { stdio: 'inherit' })
      return
    }
    const missing = [...readRows(text).keys()].filter((row) => !faults.some((fault) => fault.row === row))
    for (const row of missing) console.error(`No test has produced this row of the README: ${row}`)
    if (missing.length > 0) process.exitCode = 1
  }
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? String(least) : `${least} to ${most}`
}
