import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { serve, type EmulatorServer } from '@oauthkit/emulator/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runSms } from './run-sms.ts'

let emulator: Emulator
let server: EmulatorServer
let message: string[]

beforeEach(async () => {
  emulator = createEmulator()
  server = await serve(emulator)
  message = [`--url=${server.url}/api.orange.com`, '--from=+33600000000', 'Bonjour', '+33600000001', '+33600000002']
})

afterEach(() => server.close())

test('without --send, it shows the messages, checks the credentials, and makes no call', async () => {
  const { code, stdout, stderr } = await runSms(message)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/number .* text .* parts/)
  expect(stdout).toMatch(/\+33600000001 .* Bonjour .* 1 /)
  expect(stdout).toMatch(/\+33600000002 .* Bonjour .* 1 /)
  expect(stdout).toContain('The credentials are valid. To send the messages, add --send.\n')
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 0 })
})

test('with --send, it sends the message to each number with one token', async () => {
  const sent: unknown[] = []
  emulator.orange.answerApiCalls(2, async (request) => {
    sent.push([new URL(request.url).pathname, await request.json()])
    return Response.json({}, { status: 201 })
  })
  expect(await runSms(['--send', ...message])).toEqual({
    code: 0,
    stdout: 'Sent to +33600000001, parts: 1\nSent to +33600000002, parts: 1\n',
    stderr: '',
  })
  expect(sent).toEqual(
    ['tel:+33600000001', 'tel:+33600000002'].map((address) => [
      expect.stringMatching(/\/smsmessaging\/v1\/outbound\/tel%3A%2B33600000000\/requests$/),
      {
        outboundSMSMessageRequest: {
          address,
          senderAddress: 'tel:+33600000000',
          outboundSMSTextMessage: { message: 'Bonjour' },
        },
      },
    ]),
  )
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
})

test('a message that failed is not sent again, and the messages before it are listed', async () => {
  emulator.orange.answerApiCalls(1, { status: 201, body: {} })
  emulator.orange.answerApiCalls(1, { status: 503 })
  const { code, stdout, stderr } = await runSms(['--send', ...message])
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'Sent to +33600000001, parts: 1\n' })
  expect(stderr).toMatch(/^Request failed with status code 503 .*\n$/)
  expect(emulator.orange.counters.apiCalls).toBe(2)
})

test('the URL can end with a slash', async () => {
  const [url, ...others] = message
  expect(await runSms([`${url}/`, ...others])).toMatchObject({ code: 0, stderr: '' })
})

test.each([
  ['no text', ['--from=+33600000000'], /^Usage: .*\n$/],
  ['no number', ['--from=+33600000000', 'Bonjour'], /^Usage: .*\n$/],
  ['no sender', ['Bonjour', '+33600000001'], /^Usage: .*\n$/],
  ['a number without +', ['--from=+33600000000', 'Bonjour', '0600000001'], /^Usage: .*\n$/],
  ['an unknown option', ['--from=+33600000000', '--now', 'Bonjour', '+33600000001'], /^Unknown option '--now'.*\n$/],
  [
    'a URL that is not for HTTP',
    ['--url=localhost:3000', '--from=+33600000000', 'Bonjour', '+33600000001'],
    /^orange: tokenEndpoint .*\n$/,
  ],
])('with %s, it prints one line about the wrong usage, and exits with 2', async (_, parameters, line) => {
  const { code, stdout, stderr } = await runSms(parameters)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(line)
})

test('names a variable that is not set, and exits with 2', async () => {
  const { code, stderr } = await runSms(message, { ORANGE_CLIENT_ID: 'emulated-client' })
  expect(stderr).toMatch(/^ORANGE_CLIENT_SECRET is not set: .*\n$/)
  expect(code).toBe(2)
})

test('if Orange refuses the credentials, it exits with 1, and does not show the secret', async () => {
  const env = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'a-wrong-secret' }
  const { code, stdout, stderr } = await runSms(message, env)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^orange: the tokenEndpoint answered 401 .*\n$/)
  expect(stderr).not.toContain('a-wrong-secret')
})

test('if no server answers, it exits with 1', async () => {
  await server.close()
  const { code, stderr } = await runSms(message)
  expect(stderr).toMatch(/^orange: .*\n$/)
  expect(code).toBe(1)
})
