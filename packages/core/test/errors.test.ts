import { expect, test } from 'vitest'
import { OAuthError, isOAuthError } from '../src/index.ts'

test('isOAuthError recognises an OAuthError by its name and code, also one from another copy of the package', () => {
  const foreign = Object.assign(new Error('no'), { name: 'OAuthError', code: 'TOKEN_MISSING' })
  expect(isOAuthError(new OAuthError('TOKEN_MISSING', 'no'))).toBe(true)
  expect(isOAuthError(foreign)).toBe(true)
})

test.each([undefined, null, 'OAuthError', new Error('no'), { name: 'OAuthError', code: 'TOKEN_MISSING' }])(
  'isOAuthError is false for any other value: %o',
  (value) => {
    expect(isOAuthError(value)).toBe(false)
  },
)

test.each([
  Object.assign(new Error('no'), { code: 'TOKEN_MISSING' }),
  Object.assign(new Error('no'), { name: 'OAuthError' }),
])('isOAuthError is false for an error with the name alone or the code alone: %o', (value) => {
  expect(isOAuthError(value)).toBe(false)
})

test("isOAuthError is false for another library's OAuthError, whose code is a number", () => {
  expect(isOAuthError(Object.assign(new Error('no'), { name: 'OAuthError', code: 400 }))).toBe(false)
})

test('an OAuthError has a member for each known detail, and none for an unknown one', () => {
  const error = new OAuthError('TOKEN_REFUSED', 'no', { provider: 'example', status: 401, error: undefined })
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_REFUSED', provider: 'example', status: 401 })
  expect(Object.keys(error)).toEqual(['name', 'code', 'provider', 'status'])
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'OAuthError',
    code: 'TOKEN_REFUSED',
    provider: 'example',
    status: 401,
  })
})
