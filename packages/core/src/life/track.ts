import type { SourceData } from './token-cache.ts'

/** Makes `idle` wait for work. When the work has ended, the source forgets its promise, whose result can be a token. */
export function track<T>(source: SourceData, work: Promise<T>): Promise<T> {
  source.latest = work
  const end = () => {
    if (source.latest === work) source.latest = undefined
  }
  work.then(end, end)
  return work
}
