import { expect, test } from 'vitest'
import { createLru } from '../src/lru.ts'

const createMember = (name: string) => ({ name, isBusy: false })

test('one that is busy is not dropped, and the next longest unused is instead', () => {
  const members = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const [a, b] = [members('a'), members('b')]
  a.isBusy = true
  members('c')
  expect(members('a')).toBe(a)
  expect(members('b')).not.toBe(b)
})

test('while all are busy there are more of them, and the newest is not dropped either', () => {
  const members = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const [a, b] = [members('a'), members('b')]
  a.isBusy = b.isBusy = true
  const c = members('c')
  expect(members('c')).toBe(c)
  expect(members('a')).toBe(a)
  expect(members('b')).toBe(b)
})
