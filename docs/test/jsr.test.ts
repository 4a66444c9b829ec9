import { expect, test } from 'vitest'
import { check } from './jsr-workspace.ts'

test('each public package is ready for JSR, with the version of its package.json', async () => {
  const lines = (await check()).trim().split('\n').toSorted()
  expect(lines).toEqual(['@oauthkit/acme@4.5.6 is ready for JSR', '@oauthkit/base@1.2.3 is ready for JSR'])
})
