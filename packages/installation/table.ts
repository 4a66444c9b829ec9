import type { Installation } from './install.ts'

/** The result of one installation. */
export type Row = Pick<Installation, 'installed' | 'seconds'> & {
  readonly client: string
  readonly packages: readonly string[]
}

/** Returns a Markdown table of the installations: packages, bytes and seconds for each client. */
export const tableOf = (rows: readonly Row[]): string =>
  [
    '| client | install | packages | bytes | seconds |',
    '| --- | --- | --: | --: | --: |',
    ...rows.map(({ client, packages, installed, seconds }) => {
      const bytes = installed.reduce((sum, one) => sum + one.bytes, 0)
      const names = packages.map((name) => `\`${name}\``).join(' ')
      return `| ${client} | ${names} | ${installed.length} | ${bytes.toLocaleString('en')} | ${seconds.toFixed(1)} |`
    }),
  ].join('\n')
