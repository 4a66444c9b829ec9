import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Guard } from './guards.ts'
import type { play } from './play.ts'

type Play = typeof play

/** The guards that are missing, by the mark in the URLs of their modules. */
const missing = new Map<string, Guard>()

const markOf = (url: string | undefined) => /\?without=\d+$/.exec(url ?? '')?.[0]

/** Loads a second copy of the code, in which a guard is missing. */
export async function loadWithout(guard: Guard): Promise<Play> {
  const whole = readFileSync(new URL(`../../${guard.file}`, import.meta.url), 'utf8')
  if (whole.split(guard.text).length !== 2)
    throw new Error(`${guard.file} must have this text exactly one time: ${guard.text}`)
  if (missing.size === 0) {
    registerHooks({
      // What a marked module imports is marked, too.
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context)
        const mark = markOf(context.parentURL)
        return mark && resolved.url.endsWith('.ts') ? { ...resolved, url: resolved.url + mark } : resolved
      },
      load: (url, context, next) => {
        const loaded = next(url, context)
        const gone = missing.get(markOf(url) ?? '')
        if (!gone || !url.includes(`/packages/${gone.file}?`)) return loaded
        const source = readFileSync(fileURLToPath(url), 'utf8')
        return { ...loaded, source: source.replace(gone.text, () => gone.instead) }
      },
    })
  }
  const mark = `?without=${missing.size}`
  missing.set(mark, guard)
  return ((await import(new URL(`play.ts${mark}`, import.meta.url).href)) as { readonly play: Play }).play
}
