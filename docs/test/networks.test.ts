import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, writeFolder } from './recipes.ts'

const page = 'networks.md'
const root = fileURLToPath(new URL('../../', import.meta.url))
const certificates = join(root, 'packages/core/test/certificates')
const authority = join(certificates, 'authority.pem')
const PATH = [join(root, 'node_modules/node/bin'), join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)

type Servers = Readonly<Record<'api' | 'strictApi' | 'proxy' | 'guardedProxy' | 'look', string>>

let servers: Servers
/** A server that knows its clients by their certificates. */
let mutualTls: string
const running: ChildProcess[] = []

/** Starts a program with Node, also if other runtimes run this test. Returns its first output. */
async function start(file: string): Promise<string> {
  const node = join(root, 'node_modules/node/bin/node')
  const program = spawn(node, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(program)
  const [line] = (await once(program.stdout, 'data')) as [Buffer]
  return String(line).trim()
}

beforeAll(async () => {
  servers = JSON.parse(await start(fileURLToPath(new URL('network-servers.ts', import.meta.url)))) as Servers
  mutualTls = await start(join(root, 'packages/core/test/mutual-tls-server.ts'))
})

afterAll(async () => {
  for (const program of running) {
    const ended = once(program, 'exit')
    program.kill('SIGKILL')
    await ended
  }
})

/** Returns what the servers have seen since the last call. */
const look = async () =>
  (await (await fetch(servers.look)).json()) as { readonly tunnels: readonly string[]; readonly connections: number }

beforeEach(async () => {
  await look()
})

const main = `
  import { bearer, clientSecretBasic, createTokenSource } from '@oauthkit/core'
  import ky from 'ky'
  import * as own from './own-fetch.js'

  const origin = process.env.ORIGIN
  const { fetchByProxy: fetch } = own
  const provider = { name: 'acme', tokenEndpoint: origin + '/token', apis: [origin + '/api'], clientAuth: clientSecretBasic }
  const tokens = createTokenSource({ provider, clientId: 'app', clientSecret: 'secret', ...(fetch && { fetch }) })
  const api = (fetch ? ky.create({ fetch }) : ky).extend(bearer(tokens))
  await api.post(origin + '/api/things', { body: 'things', retry: 0 }).then(
    ({ status }) => console.log(status),
    ({ code, message }) => console.log(code, message),
  )
`

type Run = { readonly output: string; readonly tunnels: readonly string[]; readonly connections: number }

/**
 * Runs a command of the page: variables, the program and its arguments. The names of the page are replaced.
 *
 * @param env - further variables, which the page does not name.
 */
async function run(command: string, env: Readonly<Record<string, string>> = {}, files = {}): Promise<Run> {
  const words = command
    .replaceAll('http://proxy.example:3128', env['PROXY'] ?? servers.proxy)
    .replaceAll('/etc/ssl/company.pem', authority)
    .split(' ')
  const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word))
  const variables = words.slice(0, first).map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string])
  const [program = '', ...args] = words.slice(first)
  // So that the sources of the workspace are found.
  args.splice(program === 'deno' ? 1 : 0, 0, '--conditions=@oauthkit/source')
  const cwd = writeFolder({ 'own-fetch.js': 'export {}\n', 'main.js': main, ...files })
  const environment = {
    PATH,
    NO_COLOR: '1',
    DENO_NO_UPDATE_CHECK: '1',
    ORIGIN: servers.api,
    ...env,
    ...Object.fromEntries(variables),
  }
  if (process.env['HOME']) Object.assign(environment, { HOME: process.env['HOME'] })
  const { stdout } = await promisify(execFile)(program, args, { cwd, env: environment })
  return { output: stdout.trim(), ...(await look()) }
}

/** The commands in the `sh` blocks below a heading. */
const commandsOf = (heading: string) => codeOf(page, heading, 'sh').flatMap((code) => code.trim().split('\n'))

const runtimeOf = (command: string) => /\b(node|deno|bun)\b/.exec(command)?.[1] ?? ''

/** The variables with which each runtime trusts the servers. */
const trusting = { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority }

const expectTunnels = ({ output, tunnels, connections }: Run) => {
  expect(output).toBe('200')
  expect(new Set(tunnels)).toEqual(new Set([new URL(servers.api).host]))
  expect(tunnels).toHaveLength(connections)
}

const proxyCommands = commandsOf('A proxy')

/** One command of each runtime, which sends all requests through a proxy. */
const oneOfEach = ['node', 'deno', 'bun'].map((name) => proxyCommands.find((command) => runtimeOf(command) === name)!)

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

  test.each(oneOfEach)('gets its name and its password by `%s`', async (command) => {
    const PROXY = servers.guardedProxy.replace('//', '//user:password@')
    expectTunnels(await run(command, { ...trusting, PROXY }))
  })

  test.each(oneOfEach)('is not asked for a host that NO_PROXY names, with `%s`', async (command) => {
    expect(await run(command, { ...trusting, NO_PROXY: 'localhost' })).toMatchObject({ output: '200', tunnels: [] })
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

  const fetches = codeOf(page, 'Your own fetch', 'js')

  test.each([
    ['node main.js', fetches[0]],
    ['deno run --allow-env --allow-net main.js', fetches[1]],
    ['bun main.js', fetches[2]],
  ])('gets the requests of one client by its own fetch, with `%s`', async (command, code = '') => {
    const ownFetch = code.replaceAll('http://proxy.example:3128', servers.proxy)
    expectTunnels(await run(command, trusting, { 'own-fetch.js': ownFetch }))
  })
})

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

test("undici's own fetch does not work with ky", async () => {
  const code = "import { fetch } from 'undici'\nexport const fetchByProxy = (input, init) => fetch(input, init)\n"
  const { output, connections } = await run('node main.js', trusting, { 'own-fetch.js': code })
  expect(output).toContain('Failed to parse URL from [object Request]')
  // The token request, whose URL is a text, was sent.
  expect(connections).toBe(1)
})

describe('a private certificate authority', () => {
  test.each(commandsOf('A private certificate authority'))('is trusted by `%s`', async (command) => {
    // A file with the authorities of the system, as OpenSSL has it.
    const env = command.includes('system') ? { SSL_CERT_FILE: authority } : {}
    expect(await run(command, env)).toMatchObject({ output: '200' })
  })
})

const plain = ['node main.js', 'deno run --allow-env --allow-net main.js', 'bun main.js']

describe('a client certificate', () => {
  const [program = '', ...fetches] = codeOf(page, 'A client certificate', 'js')
  const client = `
    import { api } from './program.js'

    const origin = process.env.ORIGIN
    await api.post(origin + '/api/things', { body: 'things', retry: 0 }).then(
      ({ status }) => console.log(status),
      ({ code, message }) => console.log(code, message),
    )
  `
  const runtimes = [
    ['node main.js', fetches[0]],
    ['deno run --allow-env --allow-net --allow-read main.js', fetches[1]],
    ['bun main.js', fetches[2]],
  ]

  /** Runs the program of the page, with a client's certificate. */
  const runWith = (command: string, code: string, name: string) =>
    run(
      command,
      { ...trusting, ORIGIN: mutualTls },
      {
        'main.js': client,
        'program.js': program
          .replaceAll('https://id.example.com', mutualTls)
          .replaceAll('https://api.example.com', `${mutualTls}/api`),
        'fetch-with-certificate.js': code.replaceAll('/etc/app/client', join(certificates, name)),
      },
    )

  test.each(runtimes)('gets a token, and goes along with the call: `%s`', async (command = '', code = '') => {
    expect((await runWith(command, code, 'client')).output).toBe('200')
  })

  test.each(runtimes)('of another client is refused: `%s`', async (command = '', code = '') => {
    expect((await runWith(command, code, 'stranger')).output).toMatch(/^TOKEN_REFUSED .*invalid_client/)
  })
})

describe('the message of the error has the words of the page', () => {
  const text = readFileSync(join(root, 'docs', page), 'utf8')

  const expectWords = ({ output }: Run, words: string) => {
    expect(text).toContain(`| \`${words}\``)
    expect(output).toMatch(new RegExp(`^TOKEN_UNAVAILABLE .*${words}`))
  }

  test.each(plain)('without the authority: `%s`', async (command) => {
    expectWords(await run(command), 'its certificate is not trusted')
  })

  test.each(oneOfEach)('without the password of the proxy: `%s`', async (command) => {
    const result = await run(command, { ...trusting, PROXY: servers.guardedProxy })
    expectWords(result, 'the proxy refused')
    expect(result.connections).toBe(0)
  })

  test.each(oneOfEach)('if the proxy does not run: `%s`', async (command) => {
    expectWords(await run(command, { ...trusting, PROXY: 'http://127.0.0.1:1' }), 'no server listens there')
  })

  test.each([
    [plain[0], 'try again later'],
    [plain[1], 'it refuses the certificate of this client'],
    [plain[2], 'TLS failed'],
  ])('without the certificate of the client, at a server that requires one: `%s`', async (command = '', words) => {
    const { output } = await run(command, { ...trusting, ORIGIN: servers.strictApi })
    expect(text).toContain(`\`${words}\``)
    expect(output).toMatch(new RegExp(`^TOKEN_UNAVAILABLE .*${words}`))
  })

  test('without the permission, on Deno', async () => {
    expectWords(await run('deno run --allow-env main.js', trusting), 'this program may not use the network')
  })
})
