import { isAccessToken, type Token } from './token.ts'

/** Returns what is wrong with a value that should be a {@link Token}, or `undefined` if it is one. */
export function invalidReason(value: unknown): string | undefined {
  const members = Object(value) as Record<keyof Token, unknown>
  const { accessToken, expiresAt = 0, refreshToken = 'none', refreshExpiresAt = 0 } = members
  if (!isAccessToken(accessToken)) return 'accessToken is missing or malformed'
  if (!Number.isFinite(expiresAt)) return 'expiresAt is not a number of milliseconds since the epoch'
  if (!Number.isFinite(refreshExpiresAt)) return 'refreshExpiresAt is not a number of milliseconds since the epoch'
  if (typeof refreshToken !== 'string' || refreshToken === '') return 'refreshToken is not a non-empty string'
  return undefined
}
