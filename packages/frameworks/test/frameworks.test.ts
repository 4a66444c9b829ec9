import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { writeApp } from '../page-app.ts'
import { apps, launchOptions, prepareSignIn, runtime } from '../sign-in.ts'

const expectSignInAndOut = prepareSignIn()

// frameworks.long.test.ts has the other apps.
test.runIf(launchOptions !== undefined).each([apps.express, apps.deno])(
  'a user signs in, makes a call, and signs out with a real browser on %s',
  async (...row) => {
    await expectSignInAndOut(...row)
  },
)

test('the code on the page of Next.js compiles', () => {
  const cwd = writeApp('Next.js', 'nextjs.md', 'npm run dev')
  const options = ['--customConditions', '@oauthkit/source', '--allowImportingTsExtensions', '--target', 'es2023']
  const { stdout, error } = spawnSync(runtime('tsc'), ['--noEmit', ...options], { cwd, encoding: 'utf8' })
  expect(error).toBeUndefined()
  // Without the lines about the sources of the packages, which do not fit the types of Next.js for fetch.
  expect(stdout.split('\n').filter((line) => /^[^.\s]/.test(line))).toEqual([])
})
