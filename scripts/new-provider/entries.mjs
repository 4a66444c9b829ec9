import { existsSync, readFileSync } from 'node:fs'

/**
 * Adds a new package to the text of the files that list all packages. Writes nothing.
 *
 * @returns `changed`: the new text of each file. `missed`: the line for each file in which its place is not found.
 */
export function enterInto({ name, identifier, title }) {
  const changed = [
    edit('.size-limit.json', (limits) => [
      ...limits,
      {
        name: `@oauthkit/${name}, without core`,
        path: `packages/${name}/dist/index.js`,
        ignore: ['ky', '@oauthkit/core'],
        gzip: true,
        limit: '0.4 kB',
      },
    ]),
    // The tests in docs compile and run the examples of its README.
    edit('docs/package.json', (manifest) => ({
      ...manifest,
      devDependencies: sort({ ...manifest.devDependencies, [`@oauthkit/${name}`]: 'workspace:^' }),
    })),
  ]
  const missed = []
  for (const { file, before, line } of [
    {
      file: 'README.md',
      before: '| [`@oauthkit/core`](packages/core)',
      line: `| [\`@oauthkit/${name}\`](packages/${name}) | ${title}: \`${identifier}Auth()\` |`,
    },
    {
      file: 'CONTRIBUTING.md',
      before: '| `packages/emulator`',
      line: `| \`packages/${name}\` | ${title}: data, quirks, \`${identifier}Auth\` |`,
    },
  ]) {
    const [start, rest, more] = existsSync(file) ? readFileSync(file, 'utf8').split(`\n${before}`) : []
    // The place must be there exactly once. Otherwise a person must decide.
    if (rest === undefined || more !== undefined) missed.push({ file, line })
    else changed.push([file, `${start}\n${line}\n${before}${rest}`])
  }
  return { changed, missed }
}

const edit = (file, change) => [file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8'))), undefined, 2)]

const sort = (members) => Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)))
