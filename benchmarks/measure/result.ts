import type { Figure } from './figure.ts'

/** `null` is what JSON makes of `undefined`. */
export type Cell = string | number | Figure | null | undefined

/** A column, and how its numbers are written. */
export type Column = {
  readonly name: string
  readonly unit?: '×' | 'µs' | 'ms' | 's' | 'kB' | 'MB' | 'bytes'
  readonly digits?: number
}

export type Row = readonly [name: string, ...cells: Cell[]]

/** One table of the page. The first column names what was measured. */
export type Table = {
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** The name of the column that a plot shows. */
  readonly plot?: string
}

/** What one scenario measured. */
export type Result = {
  readonly title: string
  /** How it was measured, in Markdown. */
  readonly about: string
  readonly tables: readonly Table[]
}

/** One part of the benchmarks. */
export type Scenario = {
  /** The name for `--only`. */
  readonly id: string
  /** @param isQuick - whether a few rounds are enough, because only the program is checked, and not its figures */
  readonly run: (isQuick: boolean) => Promise<Result>
}
