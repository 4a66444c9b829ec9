import { expect, test } from 'vitest'
import { countParts } from '../count-parts.ts'

test.each([
  ['a', 160, 1],
  ['a', 161, 2],
  ['a', 306, 2],
  ['a', 307, 3],
  ['é', 160, 1],
  // It counts as two.
  ['€', 80, 1],
  ['€', 81, 2],
  // It is not in the GSM alphabet.
  ['ê', 70, 1],
  ['ê', 71, 2],
  // It counts as two in UCS-2.
  ['👍', 35, 1],
  ['👍', 36, 2],
])('%s, %i times, is sent in %i parts', (character, count, parts) => {
  expect(countParts(character.repeat(count))).toBe(parts)
})
