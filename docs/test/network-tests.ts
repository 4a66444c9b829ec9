import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, writeFolder } from './recipes.ts'

/** The page that the tests are about. */
export const page = 'networks.md'

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url))
const certificates = join(root, 'packages/core/test/certificates')

/** The file of the authority that signed the certificates of the servers. */
export const authority: string = join(certificates, 'authority.pem')
const PATH = [join(root, 'node_modules/node/bin'), join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)

/** The runtimes of the commands. */
export type Runtime = 'node' | 'deno' | 'bun'

type Servers = Readonly<Record<'api' | 'strictApi' | 'proxy' | 'guardedProxy' | 'look', string>>

/** Where Node keeps what it has compiled, for the next run. */
let cache: string
/** The URLs of the servers. */
export let servers: Servers
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
  cache = mkdtempSync(join(tmpdir(), 'oauthkit-networks-'))
  servers = JSON.parse(await start(fileURLToPath(new URL('network-servers.ts', import.meta.url)))) as Servers
  mutualTls = await start(join(root, 'packages/core/test/mutual-tls-server.ts'))
})

afterAll(async () => {
  for (const program of running) {
    const ended = once(program, 'exit')
    program.kill('SIGKILL')
    await ended
  }
  rmSync(cache, { recursive: true, force: true })
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

/** What a program printed, and what the servers have seen of it. */
export type Run = { readonly output: string; readonly tunnels: readonly string[]; readonly connections: number }

/**
 * Runs a command of the page: variables, the program and its arguments. The names of the page are replaced.
 *
 * @param env - further variables, which the page does not name.
 */
export async function run(command: string, env: Readonly<Record<string, string>> = {}, files = {}): Promise<Run> {
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
    NODE_COMPILE_CACHE: cache,
    ORIGIN: servers.api,
    ...env,
    ...Object.fromEntries(variables),
  }
  if (process.env['HOME']) Object.assign(environment, { HOME: process.env['HOME'] })
  const { stdout } = await promisify(execFile)(program, args, { cwd, env: environment })
  return { output: stdout.trim(), ...(await look()) }
}

/** The commands in the `sh` blocks below a heading. */
export const commandsOf = (heading: string): string[] =>
  codeOf(page, heading, 'sh').flatMap((code) => code.trim().split('\n'))

/** The runtime that a command starts. */
export const runtimeOf = (command: string): string => /\b(node|deno|bun)\b/.exec(command)?.[1] ?? ''

/** The variables with which each runtime trusts the servers. */
export const trusting: Readonly<Record<string, string>> = { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority }

/** Checks that a call succeeded, and that each connection went through a proxy. */
export const expectTunnels = ({ output, tunnels, connections }: Run): void => {
  expect(output).toBe('200')
  expect(new Set(tunnels)).toEqual(new Set([new URL(servers.api).host]))
  expect(tunnels).toHaveLength(connections)
}

/** The commands of the page that send all requests through a proxy. */
export const proxyCommands: readonly string[] = commandsOf('A proxy')

const isOn = (runtimes: readonly Runtime[]) => (command: string) => runtimes.some((name) => name === runtimeOf(command))

/** One command of each runtime, which sends all requests through a proxy. */
const oneOfEach = (runtimes: readonly Runtime[]) =>
  runtimes.map((name) => proxyCommands.find((command) => runtimeOf(command) === name)!)

/** Tests what a proxy gets from these runtimes. */
export function testProxy(runtimes: readonly Runtime[]): void {
  describe('a proxy', () => {
    test.each(oneOfEach(runtimes))('gets its name and its password by `%s`', async (command) => {
      const PROXY = servers.guardedProxy.replace('//', '//user:password@')
      expectTunnels(await run(command, { ...trusting, PROXY }))
    })

    test.each(oneOfEach(runtimes))('is not asked for a host that NO_PROXY names, with `%s`', async (command) => {
      expect(await run(command, { ...trusting, NO_PROXY: 'localhost' })).toMatchObject({ output: '200', tunnels: [] })
    })

    const fetches = codeOf(page, 'Your own fetch', 'js')

    test.each(
      [
        { command: 'node main.js', code: fetches[0] },
        { command: 'deno run --allow-env --allow-net main.js', code: fetches[1] },
        { command: 'bun main.js', code: fetches[2] },
      ].filter(({ command }) => isOn(runtimes)(command)),
    )('gets the requests of one client by its own fetch, with `$command`', async ({ command, code = '' }) => {
      const ownFetch = code.replaceAll('http://proxy.example:3128', servers.proxy)
      expectTunnels(await run(command, trusting, { 'own-fetch.js': ownFetch }))
    })
  })
}

/** Tests that these runtimes trust a private authority. */
export function testAuthority(runtimes: readonly Runtime[]): void {
  describe('a private certificate authority', () => {
    test.each(commandsOf('A private certificate authority').filter(isOn(runtimes)))(
      'is trusted by `%s`',
      async (command) => {
        // A file with the authorities of the system, as OpenSSL has it.
        const env = command.includes('system') ? { SSL_CERT_FILE: authority } : {}
        expect(await run(command, env)).toMatchObject({ output: '200' })
      },
    )
  })
}

const plain = ['node main.js', 'deno run --allow-env --allow-net main.js', 'bun main.js']

/** Tests that these runtimes show the certificate of a client. */
export function testClientCertificate(runtimes: readonly Runtime[]): void {
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
    const commands = [
      ['node main.js', fetches[0]],
      ['deno run --allow-env --allow-net --allow-read main.js', fetches[1]],
      ['bun main.js', fetches[2]],
    ].filter(([command = '']) => isOn(runtimes)(command))

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

    test.each(commands)('gets a token, and goes along with the call: `%s`', async (command = '', code = '') => {
      expect((await runWith(command, code, 'client')).output).toBe('200')
    })

    test.each(commands)('of another client is refused: `%s`', async (command = '', code = '') => {
      expect((await runWith(command, code, 'stranger')).output).toMatch(/^TOKEN_REFUSED .*invalid_client/)
    })
  })
}

const text = readFileSync(join(root, 'docs', page), 'utf8')

/** Checks that a call failed, with words of the page. */
export const expectWords = ({ output }: Run, words: string): void => {
  expect(text).toContain(`| \`${words}\``)
  expect(output).toMatch(new RegExp(`^TOKEN_UNAVAILABLE .*${words}`))
}

/** Tests the messages of errors on these runtimes. */
export function testMessages(runtimes: readonly Runtime[]): void {
  describe('the message of the error has the words of the page', () => {
    test.each(plain.filter(isOn(runtimes)))('without the authority: `%s`', async (command) => {
      expectWords(await run(command), 'its certificate is not trusted')
    })

    test.each(oneOfEach(runtimes))('without the password of the proxy: `%s`', async (command) => {
      const result = await run(command, { ...trusting, PROXY: servers.guardedProxy })
      expectWords(result, 'the proxy refused')
      expect(result.connections).toBe(0)
    })

    test.each(oneOfEach(runtimes))('if the proxy does not run: `%s`', async (command) => {
      expectWords(await run(command, { ...trusting, PROXY: 'http://127.0.0.1:1' }), 'no server listens there')
    })

    test.each(
      [
        [plain[0], 'try again later'],
        [plain[1], 'it refuses the certificate of this client'],
        [plain[2], 'TLS failed'],
      ].filter(([command = '']) => isOn(runtimes)(command)),
    )('without the certificate of the client, at a server that requires one: `%s`', async (command = '', words) => {
      const { output } = await run(command, { ...trusting, ORIGIN: servers.strictApi })
      expect(text).toContain(`\`${words}\``)
      expect(output).toMatch(new RegExp(`^TOKEN_UNAVAILABLE .*${words}`))
    })
  })
}
