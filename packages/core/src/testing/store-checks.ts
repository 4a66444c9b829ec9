import { assert, isSame } from './assert.ts'
import { full, token, tokenOf, year } from './sample-tokens.ts'
import { assertNothing, assertStored, type StoreCheck } from './store-subject.ts'
import { pause } from './timely.ts'

/** The checks of every store. */
export const storeChecks: readonly StoreCheck[] = [
  [
    'get returns nothing for a key that was never set',
    (store) => assertNothing(store, 'key', 'before anything is set'),
  ],
  [
    'get returns all members of the token that was set',
    async (store) => {
      await store.set('key', full)
      await assertStored(store, 'key', full, 'after set')
    },
  ],
  [
    'a token of 50,000 characters comes back whole',
    async (store) => {
      const long = tokenOf('0123456789'.repeat(5000))
      await store.set('key', long)
      await assertStored(store, 'key', long, 'after a token of 50,000 characters was set')
    },
  ],
  [
    'Unicode comes back unchanged',
    async (store) => {
      const foreign = tokenOf('token', { extra: { Grüße: 'déjà vu, 日本語, עברית, 👩‍👩‍👧, e\u0301 \u2028' } })
      await store.set('key', foreign)
      await assertStored(store, 'key', foreign, 'after unicode was set')
    },
  ],
  [
    'set replaces the whole entry',
    async (store) => {
      const bare = tokenOf('bare')
      await store.set('key', full)
      await store.set('key', bare)
      await assertStored(store, 'key', bare, 'after the key was set again')
    },
  ],
  [
    'delete removes the entry',
    async (store) => {
      await store.set('key', token)
      await store.delete('key')
      await assertNothing(store, 'key', 'after delete')
    },
  ],
  ['deleting a missing entry is not an error', (store) => store.delete('key')],
  [
    'similar keys do not mix',
    async (store) => {
      const hash = '0123456789abcdef'.repeat(4)
      const keys = [
        `oauthkit:${hash}`,
        `oauthkit:${hash.slice(0, -1)}e`,
        `oauthkit:e${hash.slice(1)}`,
        `oauthkit:${hash}0`,
        hash,
      ]
      await Promise.all(keys.map((key, index) => store.set(key, tokenOf(`token-${index}`))))
      await store.delete(hash)
      await assertNothing(store, hash, 'after delete')
      const others = keys.slice(0, -1)
      await Promise.all(
        others.map((key, index) => assertStored(store, key, tokenOf(`token-${index}`), `under '${key}'`)),
      )
    },
  ],
  [
    'changing a token that get returned does not change the entry',
    async (store) => {
      await store.set('key', full)
      const got = (await store.get('key')) as { accessToken?: string; extra?: { text?: string } } | undefined
      const before: unknown = structuredClone(got)
      for (const change of [() => (got!.accessToken = 'changed'), () => (got!.extra!.text = 'changed')]) {
        try {
          change()
        } catch {
          // A frozen token is fine.
        }
      }
      await assertStored(store, 'key', before, 'after a token that get returned was changed')
    },
  ],
  [
    'a token stays for its lifetime: a short one, a long one, or a fraction',
    async (store) => {
      const setAt = Date.now()
      const lifetimes = [900, 60_000.5, year]
      await Promise.all(lifetimes.map((ttlMs) => store.set(`key-${ttlMs}`, token, ttlMs)))
      // In a store that uses timers, one of more than 2,147,483,647 ms ends at once, and the token is lost.
      const [shortest = 0, ...others] = lifetimes
      const early = await store.get(`key-${shortest}`)
      if (Date.now() - setAt < shortest)
        assert(isSame(early, token), `get returns nothing before ${shortest} ms have passed`)
      await pause(5)
      await Promise.all(
        others.map((ttlMs) => assertStored(store, `key-${ttlMs}`, token, `before ${ttlMs} ms have passed`)),
      )
    },
  ],
  [
    'many operations at once do not disturb each other',
    async (store) => {
      const tokens = Array.from({ length: 200 }, (_, index) => tokenOf(`token-${index}`, { scope: `scope-${index}` }))
      await Promise.all(
        tokens.map(async (own, index) => {
          const key = `key-${index}`
          await Promise.all([store.set(key, own), store.set('contended', own), store.get('contended')])
          await assertStored(store, key, own, 'while others write')
          if (index % 2 === 0) await store.delete(key)
        }),
      )
      await assertNothing(store, 'key-0', 'after delete')
      await assertStored(store, 'key-1', tokens[1], 'after all is done')
      const winner = await store.get('contended')
      assert(
        tokens.some((one) => isSame(one, winner)),
        'a key that was set many times at once holds none of the tokens',
      )
    },
  ],
]

/** The check of two stores with the same data. */
export const siblingCheck: StoreCheck = [
  'a sibling reads the same entries, and changes them',
  async (store, sibling) => {
    await store.set('key', token)
    await assertStored(sibling, 'key', token, 'in a sibling')
    const newer = tokenOf('newer')
    await sibling.set('key', newer)
    await assertStored(store, 'key', newer, 'after a sibling set it')
    await sibling.delete('key')
    await assertNothing(store, 'key', 'after a sibling deleted it')
  },
]
