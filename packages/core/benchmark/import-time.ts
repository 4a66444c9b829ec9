import { execFileSync } from 'node:child_process'
import { figureOf, type Figure } from './interleave.ts'

/** Measures how long a fresh process takes to import core, in milliseconds: alone, and after ky. */
export function measureImport(entry: string): Record<string, Figure> {
  const time = (before: string) => {
    const program = `${before}; const start = performance.now(); await import(${JSON.stringify(entry)}); console.log(performance.now() - start)`
    return Number(
      execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
        encoding: 'utf8',
        cwd: import.meta.dirname,
      }),
    )
  }
  const alone: number[] = []
  const afterKy: number[] = []
  for (let round = 0; round < 15; round += 1) {
    alone.push(time(''))
    afterKy.push(time("await import('ky')"))
  }
  return { alone: figureOf(alone), 'after ky': figureOf(afterKy) }
}
