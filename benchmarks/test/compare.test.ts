import { expect, test } from 'vitest'
import { compare } from '../measure/compare.ts'

test('each round runs each variant as often as wanted, and some rounds warm up', async () => {
  const counts = { one: 0, two: 0 }
  const run = (name: keyof typeof counts) => async () => void (counts[name] += 1)
  const variants = { one: { base: 'one', run: run('one') }, two: { base: 'one', run: run('two') } }
  const { one, two } = await compare(variants, { rounds: 6, iterations: 5 })
  expect(counts).toEqual({ one: 50, two: 50 })
  expect(one?.ratio).toEqual({ median: 1, from: 1, to: 1 })
  expect(one?.added).toEqual({ median: 0, from: 0, to: 0 })
  expect(two?.time.median).toBeGreaterThan(0)
})

test('a variant that fails ends the measurement', async () => {
  const fail = async () => {
    throw new Error('the call failed')
  }
  await expect(compare({ one: { base: 'one', run: fail } }, { rounds: 1, iterations: 1 })).rejects.toThrow(
    'the call failed',
  )
})
