import { requestToken } from '../endpoint/token-request.ts'
import type { Provider } from '../provider.ts'
import { rejectionCheck } from '../request/rejection.ts'
import { parseSecureUrl } from '../secure-url.ts'
import { invalidReason } from '../token.ts'
import { assert } from './assert.ts'
import { assertClientAuth } from './client-auth-check.ts'
import { assertApis } from './assert-apis.ts'
import type { Test } from './test.ts'

/** An API's answer, and whether it means that the token is no longer good. */
export type RejectionSample = {
  /** Makes the answer. */
  readonly response: () => Response
  /** Whether the token is to be renewed, and the call sent again. */
  readonly isRejected: boolean
}

/** Answers as the provider's servers gave them. They are made again each time, since a response can be read only once. */
export type ProviderSamples = {
  /** Answers of the token endpoint that grant a token. */
  readonly tokens?: readonly (() => Response)[] | undefined
  /** Answers of the APIs: those that reject a token, and those that look like it. */
  readonly rejections?: readonly RejectionSample[] | undefined
}

/** What {@link testProvider} should know beside the provider. */
export type ProviderTestOptions = {
  /** Recorded answers. @defaultValue None: only the provider's data is tested. */
  readonly samples?: ProviderSamples | undefined
}

/**
 * Registers the tests that every {@link Provider} must pass. Nothing is sent.
 *
 * @param test - the test runner's.
 */
export function testProvider(test: Test, provider: Provider, { samples = {} }: ProviderTestOptions = {}): void {
  const { name } = provider

  test(`${name}: is plain data, so that a sandbox is a spread of it`, async () => {
    const members = Object.entries(Object.getOwnPropertyDescriptors(provider))
    const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(provider))
    assert(isPlain, 'the provider must be an object literal: a spread loses what a class gives')
    const hidden = members.find(([, descriptor]) => !descriptor.enumerable || !('value' in descriptor))?.[0]
    assert(hidden === undefined, `${hidden} must be a plain member: a spread does not keep it as it is`)
  })

  test(`${name}: has a name`, async () => {
    assert(
      typeof name === 'string' && /^[\x21-\x7E]([\x20-\x7E]*[\x21-\x7E])?$/.test(name),
      'name must be printable ASCII',
    )
  })

  test(`${name}: its endpoints may be sent secrets`, async () => {
    assert(typeof provider.tokenEndpoint === 'string', 'tokenEndpoint is missing')
    for (const [member, value] of Object.entries(provider)) {
      if (member !== 'issuer' && !/(Endpoint|Ur[il])$/.test(member)) continue
      // RFC 6749 §3.2, RFC 8414 §2.
      assert(!parseSecureUrl(String(value), member).hash, `${member} must not have a fragment`)
    }
  })

  test(`${name}: its tokens go to its APIs only`, async () => {
    // None at all is for the option `apis`, which token sources insist on.
    if (provider.apis?.length !== 0 || provider.exceptApis?.length) assertApis(provider)
  })

  test(`${name}: its client authentication uses one place, and leaves the grant alone`, () =>
    assertClientAuth(provider))

  test(`${name}: its quirks are within range`, async () => {
    for (const [quirk, [isGood, what]] of Object.entries(quirks)) {
      const value = provider[quirk as keyof typeof quirks]
      assert(value === undefined || isGood(value), `${quirk} must be ${what}`)
    }
  })

  test(`${name}: makes up its mind about a rejection whose body is not what it expects`, async () => {
    // Called as it is, since core takes a predicate that throws for one that says no.
    const { rejectedStatuses = [401], isRejected = () => true } = provider
    const bodies = ['', '<html>', 'null', '"text"', '[]', '{}', '{"error":{"code":1}}']
    const answers = rejectedStatuses.flatMap((status) => bodies.map((body) => new Response(body, { status })))
    await Promise.all(
      answers.map(async (answer) => {
        const verdict: unknown = await isRejected(answer)
        assert(typeof verdict === 'boolean', 'isRejected must say true or false')
      }),
    )
  })

  for (const [index, sample] of (samples.tokens ?? []).entries()) {
    test(`${name}: reads sample ${index + 1} of a token endpoint's answers`, async () => {
      const client = { provider, clientId: 'client', clientSecret: 'secret', clientAuth: () => {} }
      const token = await requestToken({ ...client, fetch: async () => sample(), parameters: {} })
      const reason = invalidReason(token)
      assert(!reason, `it is no token: its ${reason}`)
      assert((token.expiresAt ?? 0) > Date.now(), 'the token that it grants has no lifetime')
    })
  }

  for (const [index, sample] of (samples.rejections ?? []).entries()) {
    const verdict = sample.isRejected ? 'a rejected token' : 'no matter of the token'
    test(`${name}: takes sample ${index + 1} of an API's answers for ${verdict}`, async () => {
      const isRejected = await rejectionCheck(provider)(sample.response())
      assert(isRejected === sample.isRejected, `it takes it for ${isRejected ? 'a rejected token' : 'something else'}`)
    })
  }
}

/** What each quirk must be, where there is one. */
const quirks = {
  rejectedStatuses: [(value) => Array.isArray(value) && value.every(isStatus), 'a list of statuses from 400 to 599'],
  isRejected: [(value) => typeof value === 'function', 'a function'],
  defaultLifetimeMs: [(value) => Number.isFinite(value) && Number(value) > 0, 'a number of milliseconds above 0'],
  renewalMarginMs: [(value) => Number.isFinite(value) && Number(value) >= 0, 'a number of milliseconds, 0 or more'],
  assertionAudience: [(value) => typeof value === 'string' && value !== '', 'a text with something in it'],
  requestIdHeader: [(value) => /^[\w!#$%&'*+.^`|~-]+$/.test(String(value)), 'the name of a header'],
} satisfies Partial<Record<keyof Provider, [isGood: (value: unknown) => boolean, what: string]>>

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 400 && Number(value) < 600
}
