import { test } from 'vitest'
import { apps, launchOptions, prepareSignIn } from '../sign-in.ts'

const expectSignInAndOut = prepareSignIn()

test.runIf(launchOptions !== undefined).each([apps.hono, apps.next, apps.bun])(
  'a user signs in, makes a call, and signs out with a real browser on %s',
  async (...row) => {
    await expectSignInAndOut(...row)
  },
)
