import { expect, test } from 'vitest'
import { OAuthError, isOAuthError } from '../src/index.ts'

test('is recognised by name, so that two copies of the package agree', () => {
  const foreign = Object.assign(new Error('no'), { name: 'OAuthError', code: 'TOKEN_MISSING' })
  expect(isOAuthError(new OAuthError('TOKEN_MISSING', 'no'))).toBe(true)
  expect(isOAuthError(foreign)).toBe(true)
})

test.each([undefined, null, 'OAuthError', new Error('no'), { name: 'OAuthError', code: 'TOKEN_MISSING' }])(
  'nothing else is: %o',
  (value) => {
    expect(isOAuthError(value)).toBe(false)
  },
)

test.each([
  Object.assign(new Error('no'), { code: 'TOKEN_MISSING' }),
  Object.assign(new Error('no'), { name: 'OAuthError' }),
])('neither its name nor its code alone will do: %o', (value) => {
  expect(isOAuthError(value)).toBe(false)
})

test('nor will that of another library', () => {
  expect(isOAuthError(Object.assign(new Error('no'), { name: 'OAuthError', code: 400 }))).toBe(false)
})

test('holds what is known and nothing of what is not', () => {
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
