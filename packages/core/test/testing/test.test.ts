import type { it as nodeIt, test as nodeTest } from 'node:test'
import { expectTypeOf, it, test } from 'vitest'
import type { Test } from '../../src/testing/index.ts'

test('the test functions of vitest and node:test fit the type Test', () => {
  expectTypeOf(test).toExtend<Test>()
  expectTypeOf(it).toExtend<Test>()
  expectTypeOf<typeof nodeTest>().toExtend<Test>()
  expectTypeOf<typeof nodeIt>().toExtend<Test>()
})
