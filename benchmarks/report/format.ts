import type { Cell, Column, Table } from '../measure/result.ts'

/** Writes one cell of a table: a number with its digits, a figure with its interval. */
export function formatCell(cell: Cell, { digits = 0 }: Column): string {
  const format = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  if (cell === undefined || cell === null) return '–'
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number') return format(cell)
  return `${format(cell.median)} (${format(cell.from)} to ${format(cell.to)})`
}

/** Returns the name of a column, with its unit. */
export const headingOf = ({ name, unit }: Column) => (unit === undefined || unit === '×' ? name : `${name}, ${unit}`)

/** Writes a table as Markdown. */
export function formatTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
  return [
    line(columns.map(headingOf)),
    line(columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(columns.map((column, index) => formatCell(row[index], column)))),
  ].join('\n')
}
