import { memberOf } from '../members.ts'
import type { TokenSource } from '../token.ts'
import { compileApis, type IsApi } from './apis.ts'

/** A source whose token a call can get. */
export type Candidate = { readonly source: TokenSource; readonly isApi: IsApi }

/** The candidate that a selector chose, or none. */
export type Chosen = Candidate | undefined

/** Makes a source a candidate. Throws a `TypeError` if its `apis` are not valid URL prefixes, or it has no `getToken`. */
export function toCandidate(source: TokenSource): Candidate {
  const isApi = compileApis(source)
  if (typeof memberOf(source, 'getToken') !== 'function')
    throw new TypeError('a token source needs getToken(), and a spread has none: use membersOf')
  return { source, isApi }
}

/** Returns the candidate with the longest prefix that matches a URL. Of several such candidates, the last one wins. */
export function nearest(candidates: readonly Chosen[], url: string): Chosen {
  let best: Chosen
  for (const candidate of candidates) {
    if (candidate?.isApi(url) && !(best && best.isApi.restOf(url) < candidate.isApi.restOf(url))) best = candidate
  }
  return best
}

/**
 * Marks a `fetch`, or the options of a call, to which sources were added. It is a global symbol, so that two copies of this
 * package know of each other's sources.
 */
export const mark = Symbol.for('@oauthkit/core sources 1')

/** A `fetch` to which sources were added: the original `fetch`, and the candidates. */
type Marked = { readonly fetch: typeof globalThis.fetch | undefined; readonly candidates: readonly Candidate[] }

/** Returns the original `fetch` of one that {@link bearerFetch} made, and its candidates. */
export const unwrap = (fetch: (typeof globalThis.fetch & { readonly [mark]?: Marked }) | undefined): Marked =>
  fetch?.[mark] ?? { fetch, candidates: [] }
