import { expect, test } from 'vitest'
import { figureOf } from '../measure/figure.ts'

test('a figure is the median of its values, in any order', () => {
  expect(figureOf([5, 1, 3]).median).toBe(3)
  expect(figureOf([4, 1, 3, 2]).median).toBe(2.5)
  expect(figureOf([7])).toEqual({ median: 7, from: 7, to: 7 })
})

test('a figure does not sort the values that it was given', () => {
  const values = [3, 1, 2]
  figureOf(values)
  expect(values).toEqual([3, 1, 2])
})

test('the interval of 61 values ends between the 22nd and 23rd from either end', () => {
  const { from, to } = figureOf(Array.from({ length: 61 }, (_, index) => index + 1))
  expect([from, to]).toEqual([23, 39])
})

test('the interval holds the true median in about 95 of 100 samples', () => {
  // A generator with a fixed seed: the same samples in each run.
  let state = 1
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const samples = Array.from({ length: 2000 }, () => figureOf(Array.from({ length: 61 }, () => random() ** 3)))
  const held = samples.filter(({ from, to }) => from <= 0.125 && 0.125 <= to).length / samples.length
  expect(held).toBeGreaterThan(0.94)
  expect(held).toBeLessThan(0.98)
})
