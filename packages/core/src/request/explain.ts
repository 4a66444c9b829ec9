import type { Call } from './send.ts'

/** If a call was sent without a token, adds to the error of its 401 why there was none. */
export function explain(error: Error, call: Call | undefined): Error {
  const candidates = call?.candidates.filter((one) => one !== undefined) ?? []
  const { url, headers } = (call?.input ?? {}) as Request
  const isAllowed = (text: string) => candidates.some(({ isApi }) => isApi(text))
  if (candidates.length === 0 || headers.has('authorization') || isAllowed(url)) return error
  const { origin, pathname } = new URL(url)
  const names = [...new Set(candidates.map(({ source }) => source.name ?? 'the token source'))].join(', ')
  const advice = isAllowed(url.replace(/^http:/, 'https:')) ? ': use https:' : ''
  const { message, stack } = error
  error.message += `. No token was sent, because ${origin}${pathname} is not among the apis of ${names}${advice}`
  // Node prints the stack, which has a copy of the message.
  if (stack) error.stack = stack.replace(message, () => error.message)
  return error
}
