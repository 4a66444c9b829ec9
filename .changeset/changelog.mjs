// Writes the lines of the changelogs. Each change links the commit that added its changeset.
import { readFileSync } from 'node:fs'

const { repository } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

const link = (commit) => ` ([${commit.slice(0, 7)}](${home}/commit/${commit}))`

/** The functions that changesets calls. It indents nothing itself. */
export default {
  async getReleaseLine({ summary, commit }) {
    const [first, ...others] = summary.split('\n').map((line) => line.trimEnd())
    return [`- ${first}${commit ? link(commit) : ''}`, ...others.map((line) => line && `  ${line}`)].join('\n')
  },
  async getDependencyReleaseLine(_changesets, dependencies) {
    const lines = dependencies.map(({ name, newVersion }) => `  - ${name} ${newVersion}`)
    return lines.length > 0 ? ['- Needs newer versions:', ...lines].join('\n') : ''
  },
}
