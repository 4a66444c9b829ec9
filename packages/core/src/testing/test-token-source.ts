import { isOAuthError } from '../errors.ts'
import { invalidReason } from '../invalid-reason.ts'
import type { GetTokenOptions, Token, TokenSource } from '../token.ts'
import { assert, isSame } from './assert.ts'
import { assertApis } from './assert-apis.ts'
import type { Test } from './test.ts'

/**
 * Registers the tests that every {@link TokenSource} must pass. No message shows a token.
 *
 * @param test - the `test` function of the test runner.
 * @param create - makes a source that can provide tokens. It runs for each test.
 * @example
 * ```ts
 * import { testTokenSource, type Test } from '@oauthkit/core/testing'
 *
 * const vault = { apis: ['https://api.example.com'], getToken: async () => ({ accessToken: 'a-token' }) }
 *
 * // With your test runner: `import { test } from 'vitest'`, then `testVault(test)`.
 * export const testVault = (test: Test) => testTokenSource(test, () => vault)
 * ```
 */
export function testTokenSource(test: Test, create: () => TokenSource | Promise<TokenSource>): void {
  const register = (name: string, check: (source: TokenSource) => void | Promise<void>) =>
    test(name, async () => check(await create()))

  register('getToken returns a token that can be sent, and that survives JSON', async (source) => {
    const token = await tokenOf(source)
    assert(isSame(JSON.parse(JSON.stringify(token)), token), 'a token must be plain data')
  })

  register('getToken returns a valid token each time, also to many callers at once', async (source) => {
    await Promise.all(Array.from({ length: 20 }, () => tokenOf(source)))
    await tokenOf(source)
  })

  register('apis lists the URLs that its tokens may be sent to', (source) => assertApis(source))

  register('getToken with a rejected token returns the same, another, or an OAuthError', async (source) => {
    const { accessToken: rejected } = await tokenOf(source)
    const next = await tokenOf(source, { rejected }).catch(orOAuthError)
    if (!next || next.accessToken === rejected) return
    // A late caller, whose call was rejected with the old token.
    const newer = await tokenOf(source, { rejected }).catch(orOAuthError)
    assert(newer?.accessToken !== rejected, 'getToken returned a rejected token after a newer one')
  })

  register('getToken ignores a rejected token of another source', async (source) => {
    await tokenOf(source, { rejected: 'not-one-of-this-source' })
    await tokenOf(source)
  })

  register("a caller with an aborted signal gets the signal's reason", async (source) => {
    const reason = new Error('the caller gave up')
    const outcome = await source.getToken({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)
    assert(outcome === reason, "getToken must reject with the signal's reason: call signal?.throwIfAborted() first")
  })

  register('a caller that gives up does not affect other callers', async (source) => {
    const leaver = new AbortController()
    const reason = new Error('the caller gave up')
    const left = source.getToken({ signal: leaver.signal }).catch((error: unknown) => error)
    const others = [tokenOf(source), tokenOf(source, { signal: new AbortController().signal })]
    leaver.abort(reason)
    const [outcome] = await Promise.all([left, ...others])
    assert(
      outcome === reason || !invalidReason(outcome),
      "a caller that gives up must get a token, or its signal's reason",
    )
  })

  register('peek, if there is one, returns the token of getToken at once', async (source) => {
    if (!source.peek) return
    const assertHeader = (value: unknown) =>
      assert(value === undefined || (typeof value === 'string' && /^Bearer [\x21-\x7E]+$/.test(value)), peekRule)
    assertHeader(source.peek())
    const before = await tokenOf(source)
    const peeked = source.peek()
    assertHeader(peeked)
    // The source may have just renewed its token.
    const good = [before, await tokenOf(source)].map(({ accessToken }) => `Bearer ${accessToken}`)
    assert(peeked === undefined || good.includes(peeked), 'peek returns a token that getToken does not return')
  })

  register('isRejected, if there is one, returns true or false, and does not read the body', async (source) => {
    if (!source.isRejected) return
    const body = JSON.stringify({ error: 'invalid_token' })
    for (const status of [401, 403, 400, 200]) {
      const response = new Response(body, { status })
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that the message names the first failure
      const verdict: unknown = await source.isRejected(response)
      assert(typeof verdict === 'boolean', `isRejected must return true or false for a ${status}`)
      assert(!(status === 200 && verdict), 'isRejected must return false for a 200')
      const isWhole = !response.bodyUsed && !response.body?.locked
      assert(isWhole, `isRejected must not read the body of a ${status}: read response.clone()`)
    }
  })
}

const peekRule = "peek must return undefined, or 'Bearer ' and a token that can be sent, and not a promise"

/** Gets a token and checks it. */
async function tokenOf(source: TokenSource, options?: GetTokenOptions): Promise<Token> {
  const token = await source.getToken(options)
  const reason = invalidReason(token)
  assert(!reason, `getToken must return a token: its ${reason}`)
  assert((token.expiresAt ?? Number.POSITIVE_INFINITY) > Date.now(), 'getToken returned an expired token')
  return token
}

function orOAuthError(error: unknown): undefined {
  if (!isOAuthError(error)) throw error
}
