import { expect, test, vi } from 'vitest'
import type { Provider } from '../../src/index.ts'
import { rejectionCheck } from '../../src/life/rejection-check.ts'
import { deferred, provider } from '../support.ts'

const isRejected = (response: Response, quirks: Partial<Provider> = {}) =>
  rejectionCheck({ ...provider, ...quirks })(response)

test.each([
  [undefined, true],
  ['Bearer', true],
  ['bearer realm="api"', true],
  ['Bearer error="invalid_token", error_description="expired"', true],
  ['error="invalid_token"', true],
  ['Basic realm="x", Bearer realm="y"', true],
  ['Bearer error="insufficient_scope", scope="write"', false],
  ['Bearer error=insufficient_scope', false],
  [String.raw`Bearer error="insufficient\_scope"`, false],
  ['BEARER ERROR="insufficient_scope"', false],
  ['Bearer error="insufficient_user_authentication", max_age=60', false],
  ['Bearer error="insufficient_scope", DPoP error="use_dpop_nonce"', false],
  ['DPoP error="use_dpop_nonce", algs="ES256"', false],
  ['error=insufficient_scope', false],
  ['Basic realm="error=invalid_token", Bearer error = "insufficient_scope"', false],
  ['Negotiate YII=, Bearer error="insufficient_scope"', false],
  ['Bearer error="insufficient_scope", error="invalid_token"', true],
  ['Bearer error="insufficient_scope", Bearer error="invalid_token"', true],
  ['DPoP error="use_dpop_nonce", Bearer error="invalid_token"', true],
  ['Bearer realm="x", DPoP error="use_dpop_nonce"', true],
  ['DPoP error="use_dpop_nonce", Bearer', true],
  ['DPoP algs="ES256", Bearer error="insufficient_scope"', false],
  ['Bearer error="insufficient_scope", DPoP error="invalid_token"', false],
  ['Bearer realm="a", Bearer error="insufficient_scope"', false],
  ['DPoP error="invalid_token"', true],
  ['Basic realm="x", DPoP error="use_dpop_nonce"', false],
  ['Bearer , error="insufficient_scope"', false],
  ['Negotiate Bearer, error="insufficient_scope"', true],
  ['Negotiate Bearer==, DPoP error="use_dpop_nonce"', false],
  ['Bearer realm="x" Basic realm="y", error="insufficient_scope"', true],
  ['Bearer realm="error=insufficient_scope", error="invalid_token"', true],
  [String.raw`Bearer realm="a \", error=insufficient_scope"`, true],
  ['Bearer realm="error=insufficient_scope', true],
  ['Bearer "error=insufficient_scope"', true],
  ['Bearer x-error="insufficient_scope"', true],
  ['Digest error="insufficient_scope"', true],
  ['Basic realm="Authorization Required"', true],
  ['Basic realm="api", Digest nonce="1"', true],
  ['Token realm="api"', true],
  ['Session', true],
  ['Negotiate', true],
])('a 401 with the challenge %s means a rejected token: %s', async (challenge, expected) => {
  const response = new Response('', { status: 401, headers: challenge ? { 'www-authenticate': challenge } : {} })
  expect(await isRejected(response)).toBe(expected)
})

test.each([200, 204, 400, 403, 404, 407, 500])(
  'a %i does not mean a rejected token, and is decided without a promise',
  (status) => {
    const response = new Response(null, { status })
    const clone = vi.spyOn(response, 'clone')
    expect(isRejected(response)).toBe(false)
    expect(clone).not.toHaveBeenCalled()
  },
)

test('a provider can name other statuses for a rejected token', async () => {
  const quirks = { rejectedStatuses: [400, 401] }
  expect(await isRejected(new Response('', { status: 400 }), quirks)).toBe(true)
  expect(await isRejected(new Response('', { status: 403 }), quirks)).toBe(false)
})

test("a provider's isRejected reads a copy, so that the caller can still read the response", async () => {
  const response = Response.json({ code: 42 }, { status: 401 })
  const seen: unknown[] = []
  const judge = async (copy: Response) => {
    seen.push(copy.status, copy.headers.get('content-type'), await copy.json())
    return true
  }
  expect(await isRejected(response, { isRejected: judge })).toBe(true)
  expect(seen).toEqual([401, expect.stringContaining('application/json'), { code: 42 }])
  expect(await response.json()).toEqual({ code: 42 })
})

test("a provider's isRejected sees only the first 16 kB of a body", async () => {
  let length = 0
  const judge = async (copy: Response) => {
    length = (await copy.text()).length
    return false
  }
  const response = new Response('x'.repeat(1_000_000), { status: 401 })
  expect(await isRejected(response, { isRejected: judge })).toBe(false)
  expect(length).toBe(16_384)
  expect(await response.text()).toHaveLength(1_000_000)
})

test("without a provider's isRejected, the response is not read", async () => {
  const response = new Response('', { status: 401 })
  const clone = vi.spyOn(response, 'clone')
  expect(await isRejected(response)).toBe(true)
  expect(clone).not.toHaveBeenCalled()
})

test('if isRejected throws, the token does not count as rejected, and the error is hidden', async () => {
  const isRefused = (response: Response) => response.json() as Promise<boolean>
  expect(await isRejected(new Response('<html>', { status: 401 }), { isRejected: isRefused })).toBe(false)
})

test('a predicate that reads the body waits at most one second for it', async () => {
  vi.useFakeTimers()
  const judge = async (copy: Response) => (await copy.text()) === ''
  const judged = isRejected(new Response(new ReadableStream(), { status: 401 }), { isRejected: judge })
  await vi.advanceTimersByTimeAsync(1000)
  expect(await judged).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A response with a body that never ends. `cancelled` is called when its connection is freed. */
function endless() {
  const cancelled = vi.fn<() => void>()
  let chunks = 0
  const pull = (controller: ReadableStreamDefaultController) => {
    chunks += 1
    if (chunks < 5) controller.enqueue(new Uint8Array(1))
  }
  return { response: new Response(new ReadableStream({ pull, cancel: cancelled }), { status: 401 }), cancelled }
}

test('after one second, a slow body is empty for a predicate, and is not read any more', async () => {
  vi.useFakeTimers()
  const { response, cancelled } = endless()
  const { promise: answer, resolve: decide } = deferred<boolean>()
  const seen: string[] = []
  const judged = isRejected(response, {
    isRejected: async (copy) => {
      seen.push(await copy.text())
      return answer
    },
  })
  await vi.advanceTimersByTimeAsync(1000)
  expect(seen).toEqual([''])
  await response.body?.cancel()
  expect(cancelled).toHaveBeenCalledOnce()
  decide(true)
  expect(await judged).toBe(true)
  vi.useRealTimers()
})

test.each<[what: string, judge: (copy: Response) => boolean | Promise<boolean>]>([
  ['reads only the status and the headers', ({ status, headers }) => status === 401 && !headers.has('x-reason')],
  [
    'does not wait for the body that it reads',
    (copy) => {
      copy.text().catch(() => {})
      return true
    },
  ],
  [
    'reads a part of the body',
    async (copy) => {
      await copy.body?.cancel()
      return true
    },
  ],
  [
    'throws while it reads the body',
    (copy) => {
      copy.text().catch(() => {})
      throw new Error('odd')
    },
  ],
])('after a predicate that %s, the response is not read any more, and can be cancelled', async (_what, judge) => {
  vi.useFakeTimers()
  const { response, cancelled } = endless()
  await isRejected(response, { isRejected: judge })
  await response.body?.cancel()
  expect(cancelled).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(0)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('a predicate that does not read the body costs no copy of it', async () => {
  const response = Response.json({ code: 42 }, { status: 401, statusText: 'No', headers: { 'x-reason': 'expired' } })
  const clone = vi.spyOn(response, 'clone')
  const seen: unknown[] = []
  const judge = ({ status, statusText, headers }: Response) =>
    seen.push(status, statusText, headers.get('x-reason')) > 0
  expect(await isRejected(response, { isRejected: judge })).toBe(true)
  expect(seen).toEqual([401, 'No', 'expired'])
  expect(clone).not.toHaveBeenCalled()
})

test('a predicate that reads the body after its answer does not keep the response', async () => {
  const { response, cancelled } = endless()
  let kept = new Response()
  await isRejected(response, { isRejected: (copy) => (kept = copy) !== response })
  expect((await kept.text()).length).toBeLessThan(5)
  await response.body?.cancel()
  expect(cancelled).toHaveBeenCalledOnce()
})

test('a body that is cut off is empty for isRejected, and does not fail the call', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new Error('cut')) })
  const judge = async (copy: Response) => (await copy.text()) === ''
  expect(await isRejected(new Response(body, { status: 401 }), { isRejected: judge })).toBe(true)
})
