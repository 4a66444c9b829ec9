import { expect, test } from 'vitest'
import { createStreamLimit, type StreamOwner } from '../src/tokens/stream-limit.ts'

const user = (id: string): StreamOwner => ({ id, isUser: true })
const visitor = (id: string): StreamOwner => ({ id, isUser: false })

/** A limit of ten streams, and three of a session. `open` gives the streams that were let in. */
function limited() {
  const letIn = createStreamLimit({ max: 10, maxOfSession: 3 })
  const open = (owner: StreamOwner, count: number) =>
    Array.from({ length: count }, () => new AbortController()).filter((stream) => letIn(owner, stream))
  return { open }
}

const alive = (streams: readonly AbortController[]) => streams.filter(({ signal }) => !signal.aborted).length

test('a session has no more streams than its limit, and one that ends makes room', () => {
  const { open } = limited()
  const streams = open(user('ada'), 5)
  expect(streams).toHaveLength(3)
  streams[0]?.abort()
  expect(open(user('ada'), 2)).toHaveLength(1)
})

test('all owners together have no more streams than the limit', () => {
  const { open } = limited()
  const streams = [1, 2, 3, 4, 5].flatMap((number) => open(user(`user-${number}`), 3))
  expect(alive(streams)).toBe(10)
})

test('a user always finds room among visitors', () => {
  const { open } = limited()
  const visitors = Array.from({ length: 12 }, (_, number) => open(visitor(`192.0.2.${number}`), 1)).flat()
  expect(alive(visitors)).toBe(10)
  expect(open(user('ada'), 3)).toHaveLength(3)
  expect(alive(visitors)).toBe(7)
})

test('the oldest stream of the visitor with the most streams ends', () => {
  const { open } = limited()
  const few = open(visitor('192.0.2.1'), 4)
  const many = open(visitor('192.0.2.2'), 6)
  open(user('ada'), 1)
  expect(alive(few)).toBe(4)
  expect(many.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false, false, false])
})

test('visitors share the streams: one with the most makes room for one with fewer', () => {
  const { open } = limited()
  const many = open(visitor('192.0.2.1'), 10)
  const fewer = open(visitor('192.0.2.2'), 10)
  expect([alive(many), alive(fewer)]).toEqual([5, 5])
})

test('visitors do not displace users', () => {
  const { open } = limited()
  const users = ['ada', 'bob', 'eve'].flatMap((name) => open(user(name), 3))
  expect(alive(open(visitor('192.0.2.1'), 5))).toBe(1)
  expect(alive(users)).toBe(9)
})

test('a visitor always finds room among visitors, also at an address that has all of them', () => {
  const { open } = limited()
  const many = open(visitor('192.0.2.1'), 10)
  const [neighbour] = open(visitor('192.0.2.1'), 1)
  expect(neighbour?.signal.aborted).toBe(false)
  expect(many.map(({ signal }) => signal.aborted).indexOf(true)).toBe(0)
  expect(alive(many)).toBe(9)
})

test('if each address has one stream, the oldest of all ends', () => {
  const { open } = limited()
  const streams = Array.from({ length: 10 }, (_, number) => open(visitor(`192.0.2.${number}`), 1)).flat()
  expect(open(visitor('192.0.2.10'), 1)).toHaveLength(1)
  expect(streams.map(({ signal }) => signal.aborted).indexOf(true)).toBe(0)
  expect(alive(streams)).toBe(9)
})

test('an address that would have as many as the largest, or more, makes room for itself', () => {
  const { open } = limited()
  const [one, other] = [open(visitor('192.0.2.1'), 5), open(visitor('192.0.2.2'), 4)]
  open(visitor('192.0.2.3'), 1)
  open(visitor('192.0.2.2'), 1)
  expect([alive(one), alive(other)]).toEqual([5, 3])
})

test('if only users have streams, one makes room for another, but not for itself and not for visitors', () => {
  const { open } = limited()
  const users = Array.from({ length: 10 }, (_, number) => open(user(`user-${number}`), 1)).flat()
  expect(open(user('user-9'), 1)).toEqual([])
  expect(open(visitor('192.0.2.1'), 1)).toEqual([])
  expect(alive(users)).toBe(10)
  expect(open(user('ada'), 1)).toHaveLength(1)
  expect(alive(users)).toBe(9)
})
