import { memberOf } from '../members.ts'
import { compileApis, pathOf } from './apis.ts'
import type { Candidate } from './candidate.ts'
import type { Call } from './send.ts'
import { readTarget } from './target.ts'

/**
 * If a call was sent without a token, adds to the error of its 401 why there was none. The text shows no query.
 *
 * It is loaded when it is first needed.
 */
export function explain(error: Error, { candidates, input }: Call): void {
  // A hook can wrap the `fetch` of a call, and pass on something else than ky's request.
  if (!(input instanceof Request)) return
  const [, url] = readTarget(input)
  if (input.headers.has('authorization') || candidates.some((one) => one?.isApi(url))) return
  const names = new Map<string, Set<string>>()
  for (const one of candidates) {
    const why = one && reasonOf(one, url)
    if (why) names.set(why, (names.get(why) ?? new Set()).add(memberOf(one.source, 'name') ?? 'the token source'))
  }
  const reasons = Array.from(names, ([why, who]) => why.replace('%s', () => [...who].join(', ')))
  const because = reasons.length > 0 ? `${pathOf(url)} ${reasons.join(', and ')}` : 'no token source was chosen for it'
  const { message, stack } = error
  error.message += `. No token was sent, because ${because}`
  // Node prints the stack, which has a copy of the message.
  if (stack) error.stack = stack.replace(message, () => error.message)
}

/** Why a source's token is not sent to a URL. `%s` stands for the source. */
function reasonOf({ source, isApi }: Candidate, url: string): string {
  if (isApi(url.replace(/^http:/, 'https:'))) return 'is not among the apis of %s: use https:'
  if (isApi.restOf(url) === url.length) return 'is not among the apis of %s'
  // A copy of the list, because the original one is known together with its exceptions.
  return compileApis({ apis: [...source.apis], insecureHosts: source.insecureHosts })(url)
    ? 'is among the exceptApis of %s'
    : 'can be read in a way that leads out of the apis of %s'
}
