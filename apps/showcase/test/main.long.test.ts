import { test } from 'vitest'
import { expectCleanStop, expectNoStart } from './run-app.ts'

test.each<[string, Record<string, string>]>([
  ['PORT must be a number from 0 to 65535, not "http"', { PORT: 'http' }],
  [
    'No provider is configured: set ORANGE_CLIENT_ID, DIGITALEO_CLIENT_ID, BOUYGUES_CLIENT_ID or several of them, or EMULATOR=on to try the app without',
    { NODE_ENV: 'production' },
  ],
  [
    'TOKEN_KEY must be 32 random bytes, and no passphrase: make one with openssl rand -base64 32',
    { TOKEN_KEY: 'a passphrase' },
  ],
])('a wrong configuration ends the process at once, with one line: %s', async (message, env) => {
  await expectNoStart(message, env)
})

test('it starts, answers, and on SIGINT finishes what it began', () => expectCleanStop('SIGINT'))
