import { readFileSync, writeFileSync } from 'node:fs'
import { guards } from './guards.ts'
import type { Proof } from './search-guards.ts'
import type { What } from './choice.ts'

/** The page of the site about the explorer. */
export const page = new URL('../../../docs/explorer.md', import.meta.url)
const file = new URL('../proofs.json', import.meta.url)

export const readProofs = (): readonly Proof[] => JSON.parse(readFileSync(file, 'utf8')) as readonly Proof[]

const [begin, end] = ['<!-- guards -->', '<!-- end of the guards -->']

/** Names a decision in few words. */
const describe = (what: What) => what.replace(/^run (call \d+: )?(.*)$/, (_all, _call, name: string) => `then ${name}`)

/** Writes the proofs as a table in Markdown. */
export function formatGuards(proofs: readonly Proof[]): string {
  const rows = proofs.map(({ guard: name, scenario, schedule, wrong }) => {
    const guard = guards.find((one) => one.name === name)
    const choices = schedule.map(({ at, what }) => `${at}: ${describe(what)}`).join(', ')
    const [rule = ''] = wrong.split(':')
    return `| ${name} | \`${guard?.file.split('/').at(-1)}\` | ${scenario} | ${choices || 'the usual order'} | ${rule} |`
  })
  return ['| guard | file | scenario | schedule | broken rule |', '| - | - | - | - | - |', ...rows].join('\n')
}

/** Writes the proofs, and their table into the page. */
export function writeProofs(proofs: readonly Proof[]): void {
  writeFileSync(file, `${JSON.stringify(proofs, undefined, 2)}\n`)
  const text = readFileSync(page, 'utf8')
  const [before = ''] = text.split(begin)
  const after = text.split(end)[1] ?? ''
  writeFileSync(page, `${before}${begin}\n\n${formatGuards(proofs)}\n\n${end}${after}`)
}
