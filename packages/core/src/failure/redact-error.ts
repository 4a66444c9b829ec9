import { OAuthError, type OAuthErrorCode } from '../errors.ts'
import { memberOf } from '../members.ts'
import type { Redact } from './redactor.ts'

/** Returns an error itself if it shows no secret, else a copy without them that has only the members of an OAuthError. */
export function redactError(error: OAuthError, redact: Redact): OAuthError {
  const show = (name: keyof OAuthError, type: string) => {
    const value: unknown = memberOf(error, name)
    return typeof value !== type ? undefined : type === 'string' ? redact(value as string) : value
  }
  const details = Object.entries(types).map(([name, type]) => [name, show(name as keyof OAuthError, type)])
  const code = codes.find((one) => one === error.code) ?? 'TOKEN_UNAVAILABLE'
  const copy = new OAuthError(code, redact(error.message), Object.fromEntries(details))
  const isSame = Reflect.ownKeys(error).every(
    (name) => isOfRuntime(name) || Reflect.get(error, name) === Reflect.get(copy, name),
  )
  return isSame && isHarmless(error, copy, redact) ? error : copy
}

const codes: readonly OAuthErrorCode[] = ['TOKEN_MISSING', 'TOKEN_REFUSED', 'TOKEN_MALFORMED']

/** The details of an error, and their types. */
const types = {
  provider: 'string',
  status: 'number',
  error: 'string',
  errorDescription: 'string',
  retryAt: 'number',
  requestId: 'string',
} as const

/** Whether a runtime adds a member to errors. Bun adds the place to some of them, and not at once. */
const isOfRuntime = (name: string | symbol) => /^(stack|(original)?(line|column)|sourceurl)$/i.test(String(name))

/**
 * Whether an error can be shown as it is: it has no other members than a new one of its class, and there is no secret in
 * those that the runtime adds, such as its stack, which has a copy of its message.
 *
 * @param model - a new error of that class.
 */
export function isHarmless(error: Error, model: Error, redact: Redact): boolean {
  const isShown = (name: string | symbol) => {
    const value: unknown = Reflect.get(error, name)
    return typeof value === 'number' || value === undefined || (typeof value === 'string' && redact(value) === value)
  }
  return (
    Object.getPrototypeOf(error) === Object.getPrototypeOf(model) &&
    Reflect.ownKeys(error).every((name) => (isOfRuntime(name) ? isShown(name) : Object.hasOwn(model, name)))
  )
}
