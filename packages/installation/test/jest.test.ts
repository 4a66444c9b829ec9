import { expect, test } from 'vitest'
import { flag, testJest } from '../jest.ts'
import { blocksOf } from '../page.ts'

const [settings = ''] = blocksOf('older-tools.md', 'Jest', 'json')

test('the page starts Jest with the flag', () => {
  const { scripts } = JSON.parse(settings) as { readonly scripts: { readonly test: string } }
  expect(scripts.test).toBe(`node ${flag} node_modules/jest/bin/jest.js`)
})

testJest(['24'])
