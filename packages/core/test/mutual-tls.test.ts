import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearerFetch, createTokenSource, discover } from '../src/index.ts'

const read = (name: string) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8')

let server: ChildProcess
let origin: string

// Node.js serves, also for the other runtimes: not all of them show a server the certificate of its client.
beforeAll(async () => {
  const node = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url))
  server = spawn(node, [fileURLToPath(new URL('mutual-tls-server.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(server.stdout!, 'data')) as [Buffer]
  origin = String(line).trim()
})

afterAll(async () => {
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
})

/** Makes a `fetch` that shows a certificate, as each runtime does it. */
function fetchWith(certificate: string): {
  readonly fetch: typeof globalThis.fetch
  readonly close: () => Promise<void>
} {
  const [cert, key, ca] = [read(certificate), read(`${certificate}-key`), read('authority')]
  const { Deno, Bun } = globalThis as { Deno?: { createHttpClient(options: object): { close(): void } }; Bun?: object }
  if (Deno) {
    const client = Deno.createHttpClient({ cert, key, caCerts: [ca] })
    return {
      fetch: (input, init) => fetch(input, { ...init, client } as RequestInit),
      close: async () => client.close(),
    }
  }
  if (Bun) {
    const tls = { cert, key, ca }
    return { fetch: (input, init) => fetch(input, { ...init, tls } as RequestInit), close: async () => {} }
  }
  const dispatcher = new Agent({ connect: { cert, key, ca } })
  const send = undiciFetch as unknown as typeof globalThis.fetch
  return {
    fetch: (input, init) => send(input, { ...init, dispatcher } as RequestInit),
    close: () => dispatcher.close(),
  }
}

test('a client with a certificate gets a token from the alias of the token endpoint, and calls with both', async () => {
  const { fetch, close } = fetchWith('client')
  const provider = await discover(origin, { apis: [`${origin}/api`], mutualTls: true, fetch })
  const source = createTokenSource({ provider, clientId: 'app', fetch })
  expect((await bearerFetch(source, fetch)(`${origin}/api/things`)).status).toBe(200)
  await close()
})

test('a client with a certificate of another authority is refused', async () => {
  const { fetch, close } = fetchWith('stranger')
  const provider = await discover(origin, { apis: [`${origin}/api`], mutualTls: true, fetch })
  const source = createTokenSource({ provider, clientId: 'app', fetch })
  await expect(source.getToken()).rejects.toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client' })
  await close()
})
