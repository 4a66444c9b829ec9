// A program with one signed-in user, for Node, Bun and Deno. For each line of its input it gets a token, and prints the
// result. On SIGTERM it ends as docs/how-it-works.md shows.
import { createInterface } from 'node:readline'
import { createTokenSource, isOAuthError, plainBasic, type TokenSourceOptions } from '@oauthkit/core'
import { createClient } from 'redis'
import { redisStore } from '../../src/index.ts'
import type { Settings } from './start-program.ts'

const { serverUrl, redisUrl, timeoutMs, refreshToken }: Settings = JSON.parse(process.argv[2] ?? '')

const client = redisUrl === undefined ? undefined : await createClient({ url: redisUrl }).connect()
const options: TokenSourceOptions = {
  provider: { name: 'example', tokenEndpoint: `${serverUrl}/token`, apis: [serverUrl], clientAuth: plainBasic },
  clientId: 'app',
  clientSecret: 'secret',
  grant: { name: 'sign-in', identity: '' },
  key: 'ada',
  store: client && redisStore(client),
  // Long enough for a slow machine.
  storeTimeoutMs: 30_000,
}
const source = createTokenSource({ ...options, timeoutMs })

process.once('SIGTERM', async () => {
  console.log('stopping')
  await source.idle()
  await client?.close()
  process.exit()
})

if (refreshToken !== undefined) {
  // The first renewal loads code, and a slow machine needs time for that: it has no short time limit.
  const first = createTokenSource({ ...options, timeoutMs: 300_000 })
  await first.setToken({ accessToken: 'access-1', expiresAt: Date.now(), refreshToken })
  await source.setToken(await first.getToken())
}
// The process that the test started can be a launcher, which has another id.
console.log(process.pid)

const input = createInterface(process.stdin)
input.on('line', async () => {
  const result = await source.getToken().then(
    () => 'token',
    (error: unknown) => (isOAuthError(error) ? error.code : String(error)),
  )
  await source.idle()
  console.log(result)
})
// The test has ended.
input.on('close', () => process.exit())
