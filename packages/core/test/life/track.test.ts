import { expect, test } from 'vitest'
import type { SourceData } from '../../src/life/token-cache.ts'
import { track } from '../../src/life/track.ts'

const sourceData = () => ({ latest: undefined }) as SourceData

test.each<[string, () => Promise<string>]>([
  ['succeeds', async () => 'token'],
  [
    'fails',
    async () => {
      throw new Error('no token')
    },
  ],
])('a source keeps the promise of work until it %s, and not its result', async (_how, begin) => {
  const source = sourceData()
  const work = begin()
  expect(track(source, work)).toBe(work)
  expect(source.latest).toBe(work)
  await work.catch(() => {})
  expect(source.latest).toBeUndefined()
})

test('the end of earlier work does not hide later work', async () => {
  const source = sourceData()
  const later = new Promise<string>(() => {})
  const earlier = track(source, Promise.resolve('token'))
  void track(source, later)
  await earlier
  expect(source.latest).toBe(later)
})
