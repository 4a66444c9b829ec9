import { isOAuthError } from '../errors.ts'
import { invalidReason, type GetTokenOptions, type Token, type TokenSource } from '../token.ts'
import { assert, isSame } from './assert.ts'
import { assertApis } from './assert-apis.ts'
import type { Test } from './test.ts'

/**
 * Registers the tests that every {@link TokenSource} must pass. None of them shows a token.
 *
 * @param test - the test runner's.
 * @param create - makes a source that can give tokens, once for each test.
 */
export function testTokenSource(test: Test, create: () => TokenSource | Promise<TokenSource>): void {
  const register = (name: string, check: (source: TokenSource) => void | Promise<void>) =>
    test(name, async () => check(await create()))

  register('gives a token that can be sent, and that survives JSON', async (source) => {
    const token = await tokenOf(source)
    assert(isSame(JSON.parse(JSON.stringify(token)), token), 'a token must be plain data')
  })

  register('gives a token that is good each time, also to many callers at once', async (source) => {
    await Promise.all(Array.from({ length: 20 }, () => tokenOf(source)))
    await tokenOf(source)
  })

  register('names the apis that its tokens may be sent to', (source) => assertApis(source))

  register('takes a token back, and gives the same, another, or an OAuthError', async (source) => {
    const { accessToken: rejected } = await tokenOf(source)
    const next = await tokenOf(source, { rejected }).catch(orOAuthError)
    if (!next || next.accessToken === rejected) return
    // A straggler, whose call was rejected with the old token.
    const newer = await tokenOf(source, { rejected }).catch(orOAuthError)
    assert(newer?.accessToken !== rejected, 'a rejected token came back after a newer one had been given')
  })

  register('does not mind a rejected token that is none of its own', async (source) => {
    await tokenOf(source, { rejected: 'not-one-of-this-source' })
    await tokenOf(source)
  })

  register('a caller whose signal is aborted gets its reason', async (source) => {
    const reason = new Error('the caller gave up')
    const outcome = await source.getToken({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)
    assert(outcome === reason, "getToken must reject with the signal's reason: call signal?.throwIfAborted() first")
  })

  register('a caller who gives up takes nobody else along', async (source) => {
    const leaver = new AbortController()
    const reason = new Error('the caller gave up')
    const left = source.getToken({ signal: leaver.signal }).catch((error: unknown) => error)
    const others = [tokenOf(source), tokenOf(source, { signal: new AbortController().signal })]
    leaver.abort(reason)
    const [outcome] = await Promise.all([left, ...others])
    assert(outcome === reason || !invalidReason(outcome), 'who gives up must get a token, or the reason of its signal')
  })

  register('peek, if there is one, gives at once what getToken would', async (source) => {
    if (!source.peek) return
    const assertHeader = (value: unknown) =>
      assert(value === undefined || (typeof value === 'string' && /^Bearer [\x21-\x7E]+$/.test(value)), peekRule)
    assertHeader(source.peek())
    const before = await tokenOf(source)
    const peeked = source.peek()
    assertHeader(peeked)
    // It may have been renewed right now.
    const good = [before, await tokenOf(source)].map(({ accessToken }) => `Bearer ${accessToken}`)
    assert(peeked === undefined || good.includes(peeked), 'peek gives a token that getToken does not give')
  })

  register('isRejected, if there is one, says yes or no, and leaves the body alone', async (source) => {
    if (!source.isRejected) return
    const body = JSON.stringify({ error: 'invalid_token' })
    for (const status of [401, 403, 400, 200]) {
      const response = new Response(body, { status })
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that the message is about the first
      const verdict: unknown = await source.isRejected(response)
      assert(typeof verdict === 'boolean', `isRejected must say true or false of a ${status}`)
      assert(!(status === 200 && verdict), 'isRejected must say false of a 200')
      const isWhole = !response.bodyUsed && !response.body?.locked
      assert(isWhole, `isRejected must leave the body of a ${status} alone: read response.clone()`)
    }
  })
}

const peekRule = "peek must give undefined, or 'Bearer ' and a token that can be sent, and no promise"

/** Gets a token and checks it. */
async function tokenOf(source: TokenSource, options?: GetTokenOptions): Promise<Token> {
  const token = await source.getToken(options)
  const reason = invalidReason(token)
  assert(!reason, `getToken must give a token: its ${reason}`)
  assert((token.expiresAt ?? Number.POSITIVE_INFINITY) > Date.now(), 'getToken gave a token that is over')
  return token
}

function orOAuthError(error: unknown): undefined {
  if (!isOAuthError(error)) throw error
}
