import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceLinks, translateLink } from '../site/links.ts'
import { publicPackages, repositoryUrl, root } from '../site/public-packages.ts'

type Task = { readonly taskId: string; readonly inputs: Readonly<Record<string, string>> }

/** The files that turbo looks at before it decides whether to build the site again, from the root. */
function inputsOfSite(): string[] {
  const bin = join(root, 'node_modules/.bin')
  const args = ['run', 'site:build', '--filter=@oauthkit/docs', '--dry=json']
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` }
  const output = execFileSync(join(bin, 'turbo'), args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' })
  const { tasks } = JSON.parse(output) as { readonly tasks: readonly Task[] }
  const { inputs = {} } = tasks.find(({ taskId }) => taskId === '@oauthkit/docs#site:build') ?? {}
  return Object.keys(inputs).map((file) => join('docs', file))
}

test('the site is built again if a file or a folder that a page links to goes away', () => {
  const pages = [
    ...globSync('docs/{,fr/}*.md', { cwd: root }),
    ...publicPackages.map(({ folder }) => `${folder}/README.md`),
  ]
  const linked = new Set(pages)
  for (const page of pages) {
    replaceLinks(readFileSync(root + page, 'utf8'), (target) => {
      const link = translateLink(target, root + page)
      const path = link.startsWith(repositoryUrl) && /\/(?:blob|tree)\/main\/([^#]+)/.exec(link)?.[1]
      if (path) linked.add(path)
      return target
    })
  }
  expect(linked).toContain('docs/test/keyv.test.ts')
  const inputs = inputsOfSite()
  const unnoticed = [...linked].filter((path) => !inputs.some((file) => file === path || file.startsWith(`${path}/`)))
  expect(unnoticed).toEqual([])
})
