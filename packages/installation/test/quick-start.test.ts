import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEmulator } from '@oauthkit/emulator'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { findChromium } from '../../../config/chromium.ts'
import { clients } from '../clients.ts'
import { install } from '../install.ts'
import { blockOf, files, sectionOf, writeFiles } from '../quick-start.ts'
import { run } from '../run.ts'
import { tool } from '../workspace.ts'

/** What the block of the server on the page exports. */
type Server = {
  readonly answer: (request: Request, userOf: (request: Request) => Promise<unknown>) => Promise<Response>
}

const place = { registry: inject('registry'), folder: inject('folder') }
/** The packages that the commands of a section install. */
const packagesIn = (section: string): string[] =>
  Array.from(section.matchAll(/(?<=\s)(?:npm:)?(ky|@oauthkit\/[\w-]+)(?=\s)/g), ([, name = '']) => name)

/** The last command of a section. */
const commandIn = (section: string): string[] => blockOf(section, 'sh').trim().split('\n').at(-1)?.split(' ') ?? []

describe.each([
  ['Node', 'npm'],
  ['Deno', 'Deno'],
  ['Bun', 'Bun'],
])('on %s', (runtime, name) => {
  test('the commands of the quick start print three shops, without credentials and without the network', async () => {
    const section = sectionOf(runtime)
    const packages = packagesIn(blockOf(section, 'sh'))
    expect(packages).toEqual(expect.arrayContaining(['ky', '@oauthkit/orange', '@oauthkit/emulator']))
    const installation = await install(
      clients.find((client) => client.name === name)!,
      packages,
      place,
    )
    writeFiles(installation, files)
    const [program = '', ...args] = commandIn(section)
    const home = join(dirname(installation.folder), 'home')
    const output = await run([tool(program), ...args], installation.folder, home)
    expect(output.match(/postalCode/g)).toHaveLength(3)
  })
})

const [npm] = clients

/** Starts an HTTP server that only one test uses. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test.skipIf(findChromium() === undefined)(
  'the page of the quick start calls an API with the token of its server, which it asks for one time',
  async () => {
    const [, client = '', server = ''] = /```ts\n(.*?)```.*```ts\n(.*?)```/s.exec(sectionOf('Browser')) ?? []
    const installation = await install(npm!, ['ky', '@oauthkit/orange'], place)
    writeFiles(installation, { 'client.ts': client, 'server.ts': server })
    const contents = "import { createApi } from './client.ts'; globalThis.api = createApi(location.href)"
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: installation.folder },
      bundle: true,
      format: 'esm',
      write: false,
    })

    vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
    vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
    const emulator = createEmulator()
    onTestFinished(emulator.intercept())
    const file = pathToFileURL(join(installation.folder, 'server.ts')).href
    const { answer } = (await import(/* @vite-ignore */ file)) as Server
    const userOf = async ({ headers }: Request) => headers.get('cookie') === 'user=signed-in'
    expect((await answer(new Request('https://app.example/token'), userOf)).status).toBe(401)
    let tokens = 0
    const url = await serve((request, response) => {
      if (request.url !== '/token') {
        response
          .setHeader('Set-Cookie', 'user=signed-in; HttpOnly')
          .setHeader('Content-Type', 'text/html')
          .end(`<script type="module">${outputFiles[0]?.text}</script>`)
        return
      }
      tokens += 1
      const headers = { cookie: request.headers.cookie ?? '' }
      void answer(new Request('https://app.example/token', { headers }), userOf).then(
        async (answered) =>
          response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(await answered.text()),
        () => response.writeHead(500).end(),
      )
    })

    const browser = await chromium.launch(findChromium())
    onTestFinished(() => browser.close())
    const opened = await browser.newPage()
    // The browser does not reach the network: Orange's host is the emulator, which allows calls from web pages.
    await opened.route('https://api.orange.com/**', async (route) => {
      const request = route.request()
      const answered = await emulator.fetch(request.url(), { method: request.method(), headers: request.headers() })
      await route.fulfill({
        status: answered.status,
        headers: Object.fromEntries(answered.headers),
        body: await answered.text(),
      })
    })
    await opened.goto(url)
    const counts = await opened.evaluate(async () => {
      const { api } = globalThis as unknown as { api: { get: (url: string) => { json: () => Promise<unknown[]> } } }
      const call = () => api.get('https://api.orange.com/poi/v1/shops?postalCode=35000').json()
      return [(await call()).length, (await call()).length]
    })
    expect(counts).toEqual([3, 3])
    expect(tokens).toBe(1)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2, apiRejections: 0 })
  },
)
