import type { Installation } from './install.ts'

/** What one client did. */
export type Row = Pick<Installation, 'installed' | 'seconds'> & {
  readonly client: string
  readonly packages: readonly string[]
}

/** What was installed, as a table in Markdown: packages, bytes and seconds for each client. */
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
