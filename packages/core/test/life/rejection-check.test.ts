import { afterEach, expect, test, vi } from 'vitest'
import { provider } from '../support.ts'

const chunk = '../../src/loaded-after-rejection.ts'

/** Returns the check from a fresh copy of core, whose code that loads later is missing. */
async function checkWithoutChunk() {
  vi.resetModules()
  vi.doMock(chunk, () => {
    throw new Error('offline')
  })
  return (await import('../../src/life/rejection-check.ts')).rejectionCheck
}

afterEach(() => {
  vi.doUnmock(chunk)
  vi.resetModules()
})

test.each([
  ['is not', {}],
  ['is not, if the provider has an isRejected', { isRejected: () => true }],
])('if the code that judges a 401 cannot be loaded, it %s about the token', async (_what, quirks) => {
  const rejectionCheck = await checkWithoutChunk()
  const isRejected = rejectionCheck({ ...provider, ...quirks })
  expect(await isRejected(new Response('', { status: 401 }))).toBe(false)
})

test('a check whose code could not be loaded tries again at the next 401', async () => {
  const rejectionCheck = await checkWithoutChunk()
  const isRejected = rejectionCheck({ ...provider, isRejected: () => true })
  expect(await isRejected(new Response('', { status: 401 }))).toBe(false)
  vi.doUnmock(chunk)
  expect(await isRejected(new Response('', { status: 401 }))).toBe(true)
})
