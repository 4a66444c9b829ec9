import { assert, isSame } from './assert.ts'
import { token, year } from './sample-tokens.ts'
import { assertStored, isNothing, type StoreCheck } from './store-subject.ts'

/** The checks of a store whose time can be moved. */
export const lifetimeChecks = (advance: (ms: number) => unknown): readonly StoreCheck[] => [
  [
    'a token stays until its lifetime ends, and is unchanged if it stays longer',
    async (store) => {
      await store.set('key', token, 60_000)
      await advance(59_000)
      await assertStored(store, 'key', token, '59 s into a lifetime of 60 s')
      await advance(2000)
      const late = await store.get('key')
      assert(isNothing(late) || isSame(late, token), 'after its lifetime, get returns a different value')
    },
  ],
  [
    'a token without a lifetime stays',
    async (store) => {
      await store.set('key', token)
      await advance(10 * year)
      await assertStored(store, 'key', token, 'after ten years, though it was set without a lifetime')
    },
  ],
  [
    'a token that is set again has only its new lifetime',
    async (store) => {
      await Promise.all([store.set('longer', token, 60_000), store.set('endless', token, 60_000)])
      await Promise.all([store.set('longer', token, 600_000), store.set('endless', token)])
      await advance(599_000)
      await assertStored(store, 'longer', token, '599 s into its second lifetime of 600 s')
      await assertStored(store, 'endless', token, 'though it was set again without a lifetime')
    },
  ],
]
