import { pathOf } from './apis.ts'
import type { Call } from './send.ts'

/** If a call was sent without a token, adds to the error of its 401 why there was none. */
export function explain(error: Error, { candidates, input }: Call): void {
  // A hook can wrap the `fetch` of a call, and pass on something else than ky's request.
  if (!(input instanceof Request)) return
  const { url, headers } = input
  const isAllowed = (text: string) => candidates.some((one) => one?.isApi(text))
  const names = new Set(candidates.flatMap((one) => (one ? (one.source.name ?? 'the token source') : [])))
  if (names.size === 0 || headers.has('authorization') || isAllowed(url)) return
  const advice = isAllowed(url.replace(/^http:/, 'https:')) ? ': use https:' : ''
  const { message, stack } = error
  error.message += `. No token was sent, because ${pathOf(url)} is not among the apis of ${[...names].join(', ')}${advice}`
  // Node prints the stack, which has a copy of the message.
  if (stack) error.stack = stack.replace(message, () => error.message)
}
