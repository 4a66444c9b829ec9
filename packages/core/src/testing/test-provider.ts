import { requestToken } from '../endpoint/token-request.ts'
import type { Provider } from '../provider.ts'
import { rejectionCheck } from '../life/rejection-check.ts'
import { parseSecureUrl } from '../secure-url.ts'
import { invalidReason } from '../invalid-reason.ts'
import { assert } from './assert.ts'
import { assertClientAuth } from './client-auth-check.ts'
import { assertApis } from './assert-apis.ts'
import type { Test } from './test.ts'

/** An API's response, and whether it means that the API rejects the token. */
export type RejectionSample = {
  /** Makes the response. */
  readonly response: () => Response
  /** Whether the API rejects the token, so that the source renews it and the call is sent again. */
  readonly isRejected: boolean
}

/** Responses of the provider's servers. They are functions, because a response can be read only once. */
export type ProviderSamples = {
  /** Responses of the token endpoint that issue a token. */
  readonly tokens?: readonly (() => Response)[] | undefined
  /** Responses of the APIs that reject a token, or seem to reject one. */
  readonly rejections?: readonly RejectionSample[] | undefined
}

/** The options of {@link testProvider}. */
export type ProviderTestOptions = {
  /** Recorded responses. @defaultValue None: only the provider's data is tested. */
  readonly samples?: ProviderSamples | undefined
}

/**
 * Registers the tests that every {@link Provider} must pass. They send no request.
 *
 * @param test - the `test` function of the test runner.
 * @example
 * ```ts
 * import { testProvider, type Test } from '@oauthkit/core/testing'
 * import { orange } from '@oauthkit/orange'
 *
 * const refuse = () => new Response('{"code":42}', { status: 401, headers: { 'content-type': 'application/json' } })
 *
 * // With your test runner: `import { test } from 'vitest'`, then `testOrange(test)`.
 * export const testOrange = (test: Test) =>
 *   testProvider(test, orange, { samples: { rejections: [{ response: refuse, isRejected: true }] } })
 * ```
 */
export function testProvider(test: Test, provider: Provider, { samples = {} }: ProviderTestOptions = {}): void {
  const { name } = provider

  test(`${name}: is a plain object, so that a spread can make a sandbox`, async () => {
    const members = Object.entries(Object.getOwnPropertyDescriptors(provider))
    const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(provider))
    assert(isPlain, 'the provider must be an object literal: a spread loses the members of a class')
    const hidden = members.find(([, descriptor]) => !descriptor.enumerable || !('value' in descriptor))?.[0]
    assert(hidden === undefined, `${hidden} must be a plain member: a spread changes it or loses it`)
  })

  test(`${name}: has a name`, async () => {
    assert(
      typeof name === 'string' && /^[\x21-\x7E]([\x20-\x7E]*[\x21-\x7E])?$/.test(name),
      'name must be printable ASCII',
    )
  })

  test(`${name}: its endpoints are secure`, async () => {
    assert(typeof provider.tokenEndpoint === 'string', 'tokenEndpoint is missing')
    for (const [member, value] of Object.entries<unknown>({ ...provider })) {
      if (member !== 'issuer' && !/(Endpoint|Ur[il])$/.test(member)) continue
      // RFC 6749 §3.2, RFC 8414 §2.
      assert(
        !parseSecureUrl(typeof value === 'string' ? value : '', member, provider.insecureHosts).hash,
        `${member} must not have a fragment`,
      )
    }
  })

  test(`${name}: its tokens go to its APIs only`, async () => {
    // An empty list is allowed: token sources then require the option `apis`.
    if (provider.apis?.length !== 0 || provider.exceptApis?.length) assertApis(provider)
  })

  test(`${name}: its client authentication uses one place, and does not change the grant`, () =>
    assertClientAuth(provider))

  test(`${name}: its quirks have valid values`, async () => {
    for (const [quirk, [isGood, what]] of Object.entries(quirks)) {
      const value = provider[quirk as keyof typeof quirks]
      assert(value === undefined || isGood(value), `${quirk} must be ${what}`)
    }
  })

  test(`${name}: isRejected decides, even if the body is unexpected`, async () => {
    // Called directly, because core treats an error of isRejected as `false`.
    const { rejectedStatuses = [401], isRejected = () => true } = provider
    const bodies = ['', '<html>', 'null', '"text"', '[]', '{}', '{"error":{"code":1}}']
    const answers = rejectedStatuses.flatMap((status) => bodies.map((body) => new Response(body, { status })))
    await Promise.all(
      answers.map(async (answer) => {
        const verdict: unknown = await isRejected(answer)
        assert(typeof verdict === 'boolean', 'isRejected must return true or false')
      }),
    )
  })

  test(`${name}: readTokenResponse returns members, even if the answer is unexpected`, async () => {
    const { readTokenResponse } = provider
    if (typeof readTokenResponse !== 'function') return
    for (const members of [{}, { error: { code: 1 } }, { data: null }]) {
      for (const status of [200, 400, 401, 503]) {
        const translated: unknown = readTokenResponse(members, status)
        const isObject = typeof translated === 'object' && translated !== null && !Array.isArray(translated)
        assert(isObject && !('then' in translated), 'readTokenResponse must return an object')
      }
    }
  })

  for (const [index, sample] of (samples.tokens ?? []).entries()) {
    test(`${name}: sample ${index + 1} of the token endpoint's responses is a token`, async () => {
      const client = { provider, clientId: 'client', clientSecret: 'secret', clientAuth: () => {} }
      const token = await requestToken({ ...client, fetch: async () => sample(), parameters: {} })
      const reason = invalidReason(token)
      assert(!reason, `it is not a token: its ${reason}`)
      assert((token.expiresAt ?? 0) > Date.now(), 'the token has no lifetime')
    })
  }

  for (const [index, sample] of (samples.rejections ?? []).entries()) {
    const verdict = sample.isRejected ? 'means a rejected token' : 'means no rejected token'
    test(`${name}: sample ${index + 1} of the APIs' responses ${verdict}`, async () => {
      const isRejected = await rejectionCheck(provider)(sample.response())
      assert(isRejected === sample.isRejected, `it is treated as ${isRejected ? 'a rejected token' : 'something else'}`)
    })
  }
}

/** The rule for each optional member of a provider. */
const quirks = {
  rejectedStatuses: [(value) => Array.isArray(value) && value.every(isStatus), 'a list of statuses from 400 to 599'],
  isRejected: [(value) => typeof value === 'function', 'a function'],
  readTokenResponse: [(value) => typeof value === 'function', 'a function'],
  defaultLifetimeMs: [isDuration, 'a number of milliseconds above 0'],
  renewalMarginMs: [isDuration, 'a number of milliseconds above 0'],
  assertionAudience: [(value) => typeof value === 'string' && value !== '', 'a non-empty string'],
  requestIdHeader: [(value) => /^[\w!#$%&'*+.^`|~-]+$/.test(String(value)), 'the name of a header'],
} satisfies Partial<Record<keyof Provider, [isGood: (value: unknown) => boolean, what: string]>>

/** Whether a value is a duration that `createTokenSource` accepts, in milliseconds. */
function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 2_147_483_647
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 400 && Number(value) < 600
}
