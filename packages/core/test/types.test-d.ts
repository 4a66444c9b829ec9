import type { Options } from 'ky'
import { expectTypeOf, test } from 'vitest'
import {
  bearer,
  bearerFetch,
  clientCredentials,
  createTokenSource,
  isOAuthError,
  type Grant,
  type OAuthError,
  type OAuthErrorCode,
  type Provider,
  type Token,
  type TokenSource,
  type TokenStore,
} from '../src/index.ts'

declare const provider: Provider

test('a Map is a token store', () => {
  expectTypeOf<Map<string, Token>>().toExtend<TokenStore>()
})

test('bearer takes a source or a selector and gives options for ky', () => {
  expectTypeOf(bearer)
    .parameter(0)
    .exclude<string | ((...parameters: never[]) => unknown)>()
    .toEqualTypeOf<TokenSource>()
  expectTypeOf(
    bearer(({ context }) => (context['tenant'] ? createTokenSource({ provider }) : undefined)),
  ).toEqualTypeOf<Options>()
})

test('bearerFetch is a fetch', () => {
  expectTypeOf(bearerFetch).returns.toEqualTypeOf<typeof fetch>()
})

test('what createTokenSource makes is a token source', () => {
  expectTypeOf(createTokenSource({ provider })).toExtend<TokenSource>()
  // @ts-expect-error -- an option that does not exist is a mistake
  createTokenSource({ provider, clientID: 'app' })
})

test('a source written by hand needs no more than getToken and apis', () => {
  expectTypeOf<{ apis: string[]; getToken: () => Promise<{ accessToken: string }> }>().toExtend<TokenSource>()
})

test('isOAuthError narrows to the error with its codes', () => {
  expectTypeOf(isOAuthError).guards.toEqualTypeOf<OAuthError>()
  expectTypeOf<OAuthError['code']>().toEqualTypeOf<OAuthErrorCode>()
})

test('tokens are read-only', () => {
  expectTypeOf<Token>().toEqualTypeOf<Readonly<Token>>()
})

test('a grant says whose tokens it gets, so that a function in its place is a mistake', () => {
  expectTypeOf<{ name: string }>().not.toExtend<Grant>()
  // @ts-expect-error -- the parentheses are missing
  createTokenSource({ provider, grant: clientCredentials })
})
