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

test('shows what would be sent, with a token but without a call, and exits with 0', async () => {
  const { code, stdout, stderr } = await runSms(message)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(
    [
      'recipient         parts',
      '+33600000001          1  not sent',
      '+33600000002          1  not sent',
      '',
      `POST ${server.url}/api.orange.com/smsmessaging/v1/outbound/tel%3A%2B33600000000/requests`,
      'Bonjour',
      '',
      'The credentials are good. Parts that --send would send: 2',
      '',
    ].join('\n'),
  )
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 0 })
})

test('with --send each recipient is sent the message, over one token', async () => {
  const sent: unknown[] = []
  emulator.orange.answerApiCalls(2, async (request) => {
    sent.push([new URL(request.url).pathname, await request.json()])
    return Response.json({}, { status: 201 })
  })
  const { code, stdout, stderr } = await runSms(['--send', ...message])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('+33600000002          1  sent\n\nParts sent: 2')
  expect(sent).toMatchObject(
    ['tel:+33600000001', 'tel:+33600000002'].map((address) => [
      expect.stringMatching(/\/smsmessaging\/v1\/outbound\/tel%3A%2B33600000000\/requests$/),
      { outboundSMSMessageRequest: { address, outboundSMSTextMessage: { message: 'Bonjour' } } },
    ]),
  )
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
})

test('a message that failed is not sent again, and those before it are listed', async () => {
  emulator.orange.answerApiCalls(1, { status: 201, body: {} })
  emulator.orange.answerApiCalls(1, { status: 503 })
  const { code, stdout } = await runSms(['--send', ...message])
  expect(code).toBe(4)
  expect(stdout).toBe('recipient         parts\n+33600000001          1  sent\n')
  expect(emulator.orange.counters.apiCalls).toBe(2)
})

test('the URL may end with a slash', async () => {
  const [url, ...others] = message
  expect(await runSms([`${url}/`, ...others])).toMatchObject({ code: 0, stderr: '' })
})

test.each([
  ['nothing', []],
  ['no recipient', ['--from=+33600000000', 'Bonjour']],
  ['no sender', ['Bonjour', '+33600000001']],
  ['a recipient that is no number', ['--from=+33600000000', 'Bonjour', '0600000001']],
  ['a URL that is not for HTTP', ['--url=localhost:3000', '--from=+33600000000', 'Bonjour', '+33600000001']],
  ['an option that there is not', ['--from=+33600000000', '--now', 'Bonjour', '+33600000001']],
])('%s is answered with the usage and exit code 2', async (_, parameters) => {
  const { code, stdout, stderr } = await runSms(parameters)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: /)
})

test('a variable that is missing is named, with exit code 2', async () => {
  const { code, stderr } = await runSms(message, { ORANGE_CLIENT_ID: 'emulated-client' })
  expect(stderr).toMatch(/^ORANGE_CLIENT_SECRET is not set: .*\n$/)
  expect(code).toBe(2)
})

test('refused credentials are exit code 3, and the secret is not shown', async () => {
  const env = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'a-wrong-secret' }
  const { code, stdout, stderr } = await runSms(message, env)
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toMatch(/^orange: .*\n$/)
  expect(stderr).not.toContain('a-wrong-secret')
})

test('an API that cannot be reached is exit code 4', async () => {
  await server.close()
  const { code, stderr } = await runSms(message)
  expect(stderr).toMatch(/^orange: .*\n$/)
  expect(code).toBe(4)
})
