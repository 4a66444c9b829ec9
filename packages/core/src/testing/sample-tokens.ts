import type { Token } from '../token.ts'

/** Makes a token that is frozen, with its `extra`. A store must not write to the token that it is given. */
export function tokenOf(accessToken: string, members: Omit<Token, 'accessToken'> = {}): Token {
  if (members.extra) Object.freeze(members.extra)
  return Object.freeze({ accessToken, ...members })
}

/** A token with all members. */
export const full: Token = tokenOf('access.token-~+/=', {
  expiresAt: 4_102_444_800_000,
  refreshToken: 'refresh',
  scope: 'read write',
  idToken: 'header.payload.signature',
  extra: {
    text: 'a "quoted" \\ line\n',
    empty: '',
    number: 2.5,
    flag: false,
    none: null,
    list: Object.freeze([1, 'b']),
  },
})

/** A short token, which is enough for most checks. */
export const token: Token = tokenOf('token', { expiresAt: 4_102_444_800_000 })

/** A year in milliseconds. */
export const year: number = 365 * 24 * 3_600_000
