import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codeOf } from './recipes.ts'
import {
  authority,
  expectTunnels,
  expectWords,
  page,
  proxyCommands,
  root,
  run,
  servers,
  testAuthority,
  testClientCertificate,
  testMessages,
  testProxy,
  trusting,
  type Runtime,
} from './network-tests.ts'

const runtimes: readonly Runtime[] = ['deno', 'bun']

testProxy(runtimes)
testAuthority(runtimes)
testClientCertificate(runtimes)
testMessages(runtimes)

describe.each(['22', '26'])('on Node %s', (version) => {
  const older = join(root, `packages/conformance/node_modules/node-${version}/bin`)
  const env = { ...trusting, PATH: older }

  test('a proxy gets the token requests and the calls by the variable', async () => {
    const command = proxyCommands.find((one) => one.startsWith('NODE_USE_ENV_PROXY=1'))!
    expectTunnels(await run(command, env))
  })

  test('a proxy gets the requests of one client by its own fetch', async () => {
    const [code = ''] = codeOf(page, 'Your own fetch', 'js')
    const ownFetch = code.replaceAll('http://proxy.example:3128', servers.proxy)
    expectTunnels(await run('node main.js', env, { 'own-fetch.js': ownFetch }))
  })

  test('the authorities of the system are trusted by the flag', async () => {
    const result = await run('node --use-system-ca main.js', { PATH: older, SSL_CERT_FILE: authority })
    expect(result.output).toBe('200')
  })
})

test('the message of the error without the permission, on Deno, has the words of the page', async () => {
  expectWords(await run('deno run --allow-env main.js', trusting), 'this program may not use the network')
})
