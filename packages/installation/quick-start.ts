import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Installation } from './install.ts'
import { root } from './workspace.ts'

const page = readFileSync(join(root, 'docs/quick-start.md'), 'utf8')

/** The section below a heading of the page. */
export const sectionOf = (heading: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''

/** The first block of code in a language, in a part of the page. */
export const blockOf = (text: string, language: string): string =>
  new RegExp(String.raw`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? ''

/** The files that the reader writes. */
export const files: Readonly<Record<'shops.js' | '.env' | 'emulator.js', string>> = {
  'shops.js': blockOf(sectionOf('The program'), 'ts'),
  '.env': blockOf(sectionOf('The program'), 'ini'),
  'emulator.js': blockOf(sectionOf('No credentials yet?'), 'js'),
}

/** Writes files of the page into a project. */
export function writeFiles({ folder }: Installation, written: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(written)) {
    if (text === '') throw new Error(`The page does not have ${name}`)
    writeFileSync(join(folder, name), text)
  }
}
