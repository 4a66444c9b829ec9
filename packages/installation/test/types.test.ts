import { describe, expect, test } from 'vitest'
import { prepareTypes } from '../types.ts'

const mistakesIn = prepareTypes()

test('TypeScript 5.9 finds the types of every entry with the settings of old templates: commonjs and node10', async () => {
  const options = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true }
  expect(await mistakesIn('every-entry.ts', 'typescript-5.9', options)).toBe('')
})

describe.each([['7', 'typescript']])('TypeScript %s', (_version, typescript) => {
  test.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'preserve'],
  ])('resolves and reads all types under %s, without the types of a runtime', async (moduleResolution, module) => {
    expect(await mistakesIn('*.ts', typescript, { moduleResolution, module })).toBe('')
  })

  test('reads them together with packages that need the types of Node', async () => {
    // Skip the declarations of other packages: they are many, and not ours to fix.
    const options = { module: 'nodenext', skipLibCheck: true }
    expect(await mistakesIn('node/*.ts', typescript, options)).toBe('')
  })
})
