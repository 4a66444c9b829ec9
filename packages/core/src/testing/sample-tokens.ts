import type { Token } from '../token.ts'

/** Frozen through and through, as tokens may be: a store must not write to what it is given. */
export function tokenOf(accessToken: string, members: Omit<Token, 'accessToken'> = {}): Token {
  if (members.extra) Object.freeze(members.extra)
  return Object.freeze({ accessToken, ...members })
}

/** A token with everything in it. */
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

/** What most checks need no more than. */
export const token: Token = tokenOf('token', { expiresAt: 4_102_444_800_000 })

/** In milliseconds. */
export const year: number = 365 * 24 * 3_600_000
