import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const docs = new URL('../', import.meta.url)

/**
 * Returns the code of a page, by the heading above each block.
 *
 * @param page - the file's name, such as `stores.md`.
 */
export function codeOf(page: string, heading: string, language = 'ts'): readonly string[] {
  const text = readFileSync(new URL(page, docs), 'utf8')
  const [, section] = text.split(new RegExp(`^#+ ${heading.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`, 'm'))
  if (section === undefined) throw new Error(`${page} has no heading "${heading}"`)
  const [own = ''] = section.split(/^#+ (?=.)/m)
  return Array.from(own.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms')), ([, code = '']) => code)
}

/** Returns the only block below a heading of a page. */
export function onlyCodeOf(page: string, heading: string, language?: string): string {
  const [code, ...more] = codeOf(page, heading, language)
  if (code === undefined || more.length > 0) throw new Error(`"${heading}" of ${page} needs exactly one block`)
  return code
}

/**
 * Makes a folder that exists until the test ends. It is inside this workspace, so that programs in it find the packages.
 *
 * @param files - what to write into it, by name.
 */
export function writeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(fileURLToPath(new URL('generated-', docs)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
