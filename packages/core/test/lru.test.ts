import { expect, test } from 'vitest'
import { createLru } from '../src/lru.ts'

const createMember = (name: string) => ({ name, isBusy: false })

test('a busy member is not dropped: the next longest unused one is dropped instead', () => {
  const members = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const [a, b] = [members('a'), members('b')]
  a.isBusy = true
  members('c')
  expect(members('a')).toBe(a)
  expect(members('b')).not.toBe(b)
})

test('while all members are busy, the limit is exceeded, and the newest member is kept too', () => {
  const members = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const [a, b] = [members('a'), members('b')]
  a.isBusy = b.isBusy = true
  const c = members('c')
  expect(members('c')).toBe(c)
  expect(members('a')).toBe(a)
  expect(members('b')).toBe(b)
})

test('when members are no longer busy, the limit holds again', () => {
  const members = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const busy = ['a', 'b', 'c', 'd'].map((name) => Object.assign(members(name), { isBusy: true }))
  expect(members.members.size).toBe(4)
  for (const member of busy) member.isBusy = false
  members('e')
  expect([...members.members.keys()]).toEqual(['d', 'e'])
})
