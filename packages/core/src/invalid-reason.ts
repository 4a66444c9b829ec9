import { memberOf } from './members.ts'
import { isAccessToken, type Token } from './token.ts'

/** Returns what is wrong with a value that should be a {@link Token}, or `undefined` if it is one. */
export function invalidReason(value: unknown): string | undefined {
  const token = Object(value) as Token
  if (!isAccessToken(memberOf(token, 'accessToken'))) return 'accessToken is missing or malformed'
  for (const name of ['expiresAt', 'refreshExpiresAt'] as const) {
    if (!isInstant(memberOf(token, name))) return `${name} is not a number of milliseconds since the epoch`
  }
  const refreshToken: unknown = memberOf(token, 'refreshToken')
  if (refreshToken !== undefined && (typeof refreshToken !== 'string' || refreshToken === ''))
    return 'refreshToken is not a non-empty string'
  return undefined
}

/** Whether a value is absent, or a time that a `Date` can hold. */
const isInstant = (value: unknown) => value === undefined || (typeof value === 'number' && Math.abs(value) <= 8.64e15)
