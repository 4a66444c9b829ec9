import { afterEach, describe, expect, test } from 'vitest'
import { memberOf } from '../src/members.ts'

type Thing = { readonly peek?: () => string }

class Parent {
  readonly #secret = 'of a class'
  peek() {
    return this.#secret
  }
}

class Getter {
  get peek() {
    return () => 'of a getter'
  }
}

const holders: [what: string, object: Thing, answer: string][] = [
  ['its own', { peek: () => 'own' }, 'own'],
  ['that of its class', new Parent(), 'of a class'],
  ['that of its class’s parent', new (class extends Parent {})(), 'of a class'],
  ['a getter of its class', new Getter(), 'of a getter'],
  ['that of an object it was created from', Object.create({ peek: () => 'inherited' }) as Thing, 'inherited'],
  ['its own, without a prototype', Object.assign(Object.create(null) as object, { peek: () => 'own' }) as Thing, 'own'],
  ['that of a function', Object.assign(() => {}, { peek: () => 'own' }), 'own'],
]

const without: [what: string, object: Thing | null | undefined][] = [
  ['an object without it', {}],
  ['an object of a class without it', new Date() as Thing],
  ['an object without a prototype', Object.create(null) as Thing],
  ['a function', (() => {}) as Thing],
  ['undefined', undefined],
  ['null', null],
]

describe.each([
  ['as it is', () => {}],
  ['polluted', () => plant({ value: () => 'planted' })],
  ['polluted by a getter', () => plant({ get: () => () => 'planted' })],
])('with Object.prototype %s', (_what, pollute) => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, 'peek')
  })

  test.each(holders)('the member of an object is %s', (_holder, object, answer) => {
    pollute()
    // oxlint-disable-next-line typescript/unbound-method -- It is called with its object.
    expect(memberOf(object, 'peek')?.call(object)).toBe(answer)
  })

  test.each(without)('%s has no such member', (_holder, object) => {
    pollute()
    expect(memberOf(object, 'peek')).toBeUndefined()
  })

  test('a member that is set to undefined is undefined', () => {
    pollute()
    expect(memberOf({ peek: undefined }, 'peek')).toBeUndefined()
  })
})

function plant(member: PropertyDescriptor) {
  // oxlint-disable-next-line no-extend-native -- that is what the test is about
  Object.defineProperty(Object.prototype, 'peek', { configurable: true, ...member })
}
