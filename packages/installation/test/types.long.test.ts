import { describe, expect, test } from 'vitest'
import { prepareTypes } from '../types.ts'

const mistakesIn = prepareTypes()

describe.each([
  ['5.9', 'typescript-5.9'],
  ['6', 'typescript-6'],
])('TypeScript %s', (_version, typescript) => {
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
