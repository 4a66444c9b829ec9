import type { it as nodeIt, test as nodeTest } from 'node:test'
import { expectTypeOf, it, test } from 'vitest'
import type { Test } from '../../src/testing/index.ts'

test("runners' own functions will do", () => {
  expectTypeOf(test).toExtend<Test>()
  expectTypeOf(it).toExtend<Test>()
  expectTypeOf<typeof nodeTest>().toExtend<Test>()
  expectTypeOf<typeof nodeIt>().toExtend<Test>()
})
