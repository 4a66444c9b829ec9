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

test('bearer takes a source or a selector, and returns options for ky', () => {
  expectTypeOf(bearer)
    .parameter(0)
    .exclude<string | ((...parameters: never[]) => unknown)>()
    .toEqualTypeOf<TokenSource>()
  expectTypeOf(
    bearer(({ context }) => (context['tenant'] ? createTokenSource({ provider }) : undefined)),
  ).toEqualTypeOf<Options>()
})

test('bearerFetch returns a fetch', () => {
  expectTypeOf(bearerFetch).returns.toEqualTypeOf<typeof fetch>()
})

test('createTokenSource returns a token source', () => {
  expectTypeOf(createTokenSource({ provider })).toExtend<TokenSource>()
  // @ts-expect-error -- this option does not exist
  createTokenSource({ provider, clientID: 'app' })
})

test('a hand-written source needs getToken and apis only', () => {
  expectTypeOf<{ apis: string[]; getToken: () => Promise<{ accessToken: string }> }>().toExtend<TokenSource>()
})

test('isOAuthError narrows a value to OAuthError, with its codes', () => {
  expectTypeOf(isOAuthError).guards.toEqualTypeOf<OAuthError>()
  expectTypeOf<OAuthError['code']>().toEqualTypeOf<OAuthErrorCode>()
})

test('tokens are read-only', () => {
  expectTypeOf<Token>().toEqualTypeOf<Readonly<Token>>()
})

test('a grant needs an identity, so a function in its place is a type error', () => {
  expectTypeOf<{ name: string }>().not.toExtend<Grant>()
  // @ts-expect-error -- the parentheses are missing
  createTokenSource({ provider, grant: clientCredentials })
})
