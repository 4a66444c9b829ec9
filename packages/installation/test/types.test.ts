import { expect, test } from 'vitest'
import { prepareTypes } from '../types.ts'

const { testTypes, mistakesIn } = prepareTypes()

test('TypeScript 5.9 finds the types of every entry with the settings of old templates: commonjs and node10', async () => {
  const options = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true }
  expect(await mistakesIn('every-entry.ts', 'typescript-5.9', options)).toBe('')
})

// types.long.test.ts has the other versions.
testTypes([['7', 'typescript']])
