import { expect, describe, test } from 'vitest'
import { codeOf } from './recipes.ts'
import {
  commandsOf,
  expectTunnels,
  page,
  proxyCommands,
  run,
  runtimeOf,
  testAuthority,
  testClientCertificate,
  testMessages,
  testProxy,
  trusting,
  type Runtime,
} from './network-tests.ts'

// networks.long.test.ts has the same tests for Deno and Bun.
const runtimes: readonly Runtime[] = ['node']

test('the page has commands for a proxy and for an authority, on each runtime', () => {
  expect(new Set(proxyCommands.map(runtimeOf))).toEqual(new Set(['node', 'deno', 'bun']))
  expect(new Set(commandsOf('A private certificate authority').map(runtimeOf))).toEqual(
    new Set(['node', 'deno', 'bun']),
  )
})

describe('a proxy', () => {
  test.each(proxyCommands)('gets the token requests and the calls by `%s`', async (command) => {
    expectTunnels(await run(command, trusting))
  })

  test('gets nothing from Node without a variable or a flag', async () => {
    const command = 'HTTPS_PROXY=http://proxy.example:3128 node main.js'
    expect(await run(command, trusting)).toMatchObject({ output: '200', tunnels: [] })
  })

  test('gets the requests of a whole process of Node by setGlobalDispatcher', async () => {
    const [code = ''] = codeOf(page, 'A proxy', 'js')
    const command = 'HTTPS_PROXY=http://proxy.example:3128 node main.js'
    expectTunnels(await run(command, trusting, { 'own-fetch.js': code }))
  })
})

testProxy(runtimes)
testAuthority(runtimes)
testClientCertificate(runtimes)
testMessages(runtimes)

test("undici's own fetch does not work with ky", async () => {
  const code = "import { fetch } from 'undici'\nexport const fetchByProxy = (input, init) => fetch(input, init)\n"
  const { output, connections } = await run('node main.js', trusting, { 'own-fetch.js': code })
  expect(output).toContain('Failed to parse URL from [object Request]')
  // The token request, whose URL is a text, was sent.
  expect(connections).toBe(1)
})
