import type { TokenStore } from '../store.ts'
import type { Token } from '../token.ts'
import { assert, isSame } from './assert.ts'
import { full, token, tokenOf, year } from './sample-tokens.ts'
import { assertNothing, assertStored, isNothing, type StoreCheck, type StoreSubject } from './store-subject.ts'

type Replace = NonNullable<TokenStore['replace']>
type ReplaceCheck = (
  replaces: { readonly replace: Replace; readonly other: Replace },
  store: StoreSubject,
  sibling: StoreSubject,
) => Promise<void>

/** A store without `replace` passes. */
const check =
  (work: ReplaceCheck): StoreCheck[1] =>
  async (store, sibling) => {
    const { replace } = store
    if (replace) await work({ replace, other: sibling.replace ?? replace }, store, sibling)
  }

/** A store in JavaScript can return anything. */
async function assertWrote(expected: boolean, answer: Promise<unknown>): Promise<void> {
  const what = expected ? 'true if it wrote' : 'false if it wrote nothing'
  assert((await answer) === expected, `replace must resolve to ${what}`)
}

const newer = tokenOf('newer', { refreshToken: 'newer-refresh' })
const isToken = (current: unknown) => isSame(current, token)
const always = () => true

/** Changes during a `replace` are tried under ten keys, because their order can differ. */
const rounds = Array.from({ length: 10 }, (_, index) => `key-${index}`)

/** The checks of `replace`, if there is one. */
export const replaceChecks: readonly StoreCheck[] = [
  [
    'replace writes over the expected entry',
    check(async ({ replace }, store) => {
      await Promise.all([store.set('key', token), store.set('other', token)])
      await assertWrote(true, replace('key', isToken, full))
      await assertStored(store, 'key', full, 'after it was replaced')
      await assertStored(store, 'other', token, 'after another key was replaced')
    }),
  ],
  [
    'replace shows what get returns',
    check(async ({ replace }, store) => {
      for (const stored of [undefined, full, token]) {
        if (stored) await store.set('key', stored)
        const got = await store.get('key')
        const shown: unknown[] = []
        await replace('key', (current) => shown.push(current) === 0, newer)
        assert(shown.length === 1, `replace called isExpected ${shown.length} times`)
        const isRight = isNothing(got) ? isNothing(shown[0]) : isSame(shown[0], got)
        assert(isRight, 'replace must show isExpected what get returns')
      }
    }),
  ],
  [
    'replace writes nothing if the entry is not the expected one',
    check(async ({ replace }, store) => {
      const expectNothing = (key: string) => replace(key, () => false, newer)
      await assertWrote(false, expectNothing('key'))
      await assertNothing(store, 'key', 'after isExpected refused a missing entry')
      await store.set('key', full)
      await assertWrote(false, expectNothing('key'))
      await assertStored(store, 'key', full, 'after isExpected refused the entry')
    }),
  ],
  [
    'replace writes where there is no entry, if that is expected',
    check(async ({ replace }, store) => {
      await store.set('deleted', token)
      await store.delete('deleted')
      for (const key of ['key', 'deleted']) {
        await assertWrote(true, replace(key, isNothing, full))
        await assertStored(store, key, full, 'after it was written by replace')
      }
    }),
  ],
  [
    'of many replaces that expect the same entry, one writes',
    check(async ({ replace, other }, store) => {
      for (const expected of [undefined, token]) {
        if (expected) await store.set('key', expected)
        const isExpected = (current: unknown) => (expected ? isToken(current) : isNothing(current))
        const tokens = Array.from({ length: 20 }, (_, index) => tokenOf(`token-${index}`))
        const wrote = await Promise.all(
          tokens.map((next, index) => (index % 2 === 0 ? replace : other)('key', isExpected, next)),
        )
        const winners = tokens.filter((_, index) => wrote[index])
        assert(winners.length === 1, `${winners.length} of 20 replaces that expected the same entry wrote`)
        await assertStored(store, 'key', winners[0], 'after many replaces at once')
      }
    }),
  ],
  [
    'replace does not undo a delete or a set that comes between its read and its write',
    check(async ({ replace }, store, sibling) => {
      const changeMeanwhile = async (key: string, change: () => Promise<void>) => {
        await store.set(key, token)
        let changing: Promise<void> | undefined
        const isExpected = () => {
          changing = change()
          return true
        }
        await replace(key, isExpected, newer)
        await changing
      }
      const changes: [Token | undefined, (key: string, by: StoreSubject) => Promise<void>][] = [
        [undefined, (key, by) => by.delete(key)],
        [full, (key, by) => by.set(key, full)],
      ]
      for (const by of [store, sibling])
        for (const [expected, change] of changes)
          await Promise.all(
            rounds.map(async (key) => {
              await changeMeanwhile(key, () => change(key, by))
              if (expected) await assertStored(store, key, expected, 'after it was set during a replace')
              else await assertNothing(store, key, 'after it was deleted during a replace')
            }),
          )
    }),
  ],
  [
    'replace accepts the lifetimes that set accepts',
    check(async ({ replace }, store) => {
      for (const ttlMs of [60_000.5, year, undefined]) {
        await assertWrote(true, replace('key', always, token, ttlMs))
        await assertStored(store, 'key', token, `before ${ttlMs} ms have passed`)
      }
    }),
  ],
]

/** The check of lifetimes of a store whose time can be moved. */
export const replaceLifetimeCheck = (advance: (ms: number) => unknown): StoreCheck => [
  'a token that replace writes has only its own lifetime',
  check(async ({ replace }, store) => {
    await Promise.all([store.set('longer', token, 60_000), store.set('endless', token, 60_000)])
    await Promise.all([replace('longer', always, full, 600_000), replace('endless', always, full)])
    await advance(599_000)
    await assertStored(store, 'longer', full, '599 s into its lifetime of 600 s')
    await assertStored(store, 'endless', full, 'though it was replaced without a lifetime')
  }),
]
