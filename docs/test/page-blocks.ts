import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { vi } from 'vitest'

const docs = new URL('../', import.meta.url)

/** The text of a page, such as `why.md`. */
export const readPage = (page: string): string => readFileSync(new URL(page, docs), 'utf8')

/** The code of the ts blocks of a page, in their order. */
export const blocksOf = (page: string): string[] =>
  Array.from(readPage(page).matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code)

/** The lines that a block prints, as the comments behind its calls of `console.log` say. */
export const announcedBy = (code: string): (string | undefined)[] =>
  Array.from(code.matchAll(/^.*\bconsole\.log\(.*$/gm), ([line]) => / \/\/ (.+)$/.exec(line)?.[1])

/**
 * Runs a block as a module of its own, without what earlier blocks left in the modules that it imports.
 *
 * @returns what it exports, and the lines that it printed.
 */
export async function runBlock(code: string): Promise<{ exports: unknown; printed: string[] }> {
  // The folder is inside this workspace, so that the block finds the packages. It is as deep as that of the examples.
  const folder = mkdtempSync(fileURLToPath(new URL('generated-', docs)))
  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)))
  vi.resetModules()
  try {
    writeFileSync(`${folder}/block.ts`, code)
    const exports: unknown = await import(/* @vite-ignore */ `${folder}/block.ts`)
    return { exports, printed }
  } finally {
    log.mockRestore()
    rmSync(folder, { recursive: true })
  }
}
