import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.ts'

/** Returns the blocks of one language below a heading of a page of the site. */
export function blocksOf(page: string, heading: string, language: string): readonly string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  const [, section = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'))
  const [own = ''] = section.split(/^#+ /m)
  return Array.from(own.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms')), ([, code = '']) => code)
}
