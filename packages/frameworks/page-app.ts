import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const readPage = (page: string) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

/** The files that a page shows: blocks of code whose first line is a comment with their name, and `.env`. */
const filesOf = (text: string): (readonly [name: string, content: string])[] => [
  ...Array.from(
    text.matchAll(/^```(?:ts|tsx|js)\n\/\/ (\S+)\n(.*?)^```$/gms),
    ([, name = '', code = '']) => [name, code] as const,
  ),
  ...Array.from(text.matchAll(/^```ini\n(.*?)^```$/gms), ([, lines = '']) => ['.env', lines] as const),
]

/**
 * Writes the app of a page as its reader does: with the files of the recipe in `sign-in.md`, in a folder of its own. It fails
 * if the page does not have the command that starts the app.
 *
 * The folder stays, because the cache of Next.js is in it.
 *
 * @returns The folder.
 */
export function writeApp(name: string, page: string, command: string): string {
  const text = readPage(page)
  if (!text.includes(command)) throw new Error(`${page} does not have the command ${command}`)
  const folder = fileURLToPath(new URL(`generated-${name}/`, import.meta.url))
  if (page === 'nextjs.md') cpSync(fileURLToPath(new URL('next', import.meta.url)), folder, { recursive: true })
  for (const [file, content] of [...filesOf(readPage('sign-in.md')), ...filesOf(text)]) {
    mkdirSync(dirname(folder + file), { recursive: true })
    writeFileSync(folder + file, content)
  }
  return folder
}
