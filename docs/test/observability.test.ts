import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bearerFetch, type OwnTokenSource, type TokenEvent } from '@oauthkit/core'
import { createEmulator, type Emulator } from '@oauthkit/emulator'
import { context, metrics, ROOT_CONTEXT, trace, type Context, type ContextManager } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { register } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { onlyCodeOf, writeFolder } from './recipes.ts'

const page = 'observability.md'
const api = 'https://api.orange.com/echo'
const root = fileURLToPath(new URL('../../', import.meta.url))

let emulator: Emulator
let restore: () => void

beforeEach(() => {
  vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
  vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
  vi.spyOn(console, 'log').mockReturnValue()
  emulator = createEmulator()
  restore = emulator.intercept()
})

afterEach(() => {
  restore()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Imports the example below a heading, and returns its source. */
async function importExample(heading: string): Promise<OwnTokenSource> {
  const folder = writeFolder({ 'example.ts': onlyCodeOf(page, heading) })
  const { tokens } = (await import(/* @vite-ignore */ join(folder, 'example.ts'))) as { tokens: OwnTokenSource }
  return tokens
}

/** Makes the server reject the token, so that the next call is replayed. */
const callAfterRevocation = async (tokens: OwnTokenSource) => {
  emulator.orange.revoke()
  expect((await bearerFetch(tokens)(api)).status).toBe(200)
}

/** Makes the API reject the token, and the server refuse the client. */
const fail = async (tokens: OwnTokenSource) => {
  emulator.orange.revoke()
  emulator.orange.clients.clear()
  await expect(bearerFetch(tokens)(api)).rejects.toMatchObject({ code: 'TOKEN_REFUSED' })
}

test('the table has each type of event, and no other', () => {
  const source = readFileSync(join(root, 'packages/core/src/events.ts'), 'utf8')
  const types = [...source.matchAll(/readonly type: (.+)$/gm)].flatMap(([, union = '']) => union.match(/[\w-]+/g) ?? [])
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  const [, events = ''] = /^## Events$(.*?)^## /ms.exec(text) ?? []
  const listed = Array.from(events.matchAll(/^\| `([\w-]+)` /gm), ([, type = '']) => type)
  expect(types.length).toBeGreaterThan(9)
  expect(listed.toSorted()).toEqual([...types, 'type'].toSorted())
})

/** Runs a program with Node, in a folder with these files. */
async function runWithNode(files: Readonly<Record<string, string>>): Promise<string> {
  const node = join(root, 'node_modules/node/bin/node')
  const folder = writeFolder(files)
  const { stdout } = await promisify(execFile)(node, ['--conditions=@oauthkit/source', 'main.ts'], { cwd: folder })
  return stdout
}

const main = `
  import { bearerFetch } from '@oauthkit/core'
  import { createEmulator } from '@oauthkit/emulator'

  const { intercept, orange } = createEmulator()
  intercept()
  const { tokens } = await import('./example.ts')
  const seen = []
  const call = bearerFetch(tokens, (input, init) => {
    seen.push(new Headers(init.headers).get('authorization').slice('Bearer '.length))
    return fetch(input, init)
  })
  await call('${api}')
  orange.revoke()
  await call('${api}')
  await call('https://other.example/').catch(() => {})
  orange.revoke()
  orange.clients.clear()
  await call('${api}').catch(() => {})
  console.log(JSON.stringify({ seen }))
`

test('pino writes a line for each event at its level, with the error, and without a secret', async () => {
  const output = await runWithNode({ 'example.ts': onlyCodeOf(page, 'Logs'), 'main.ts': main })
  const lines = output.trim().split('\n')
  // pino writes by itself, so the program's own line can be before its lines.
  const own = lines.find((line) => line.startsWith('{"seen"')) ?? ''
  const { seen } = JSON.parse(own) as { readonly seen: readonly string[] }
  const logs = lines.filter((line) => line !== own)
  const logged = logs.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(logged).toMatchObject([
    { level: 30, msg: 'token renewed', provider: 'orange', grant: 'client_credentials', reason: 'absent' },
    { level: 30, msg: 'token renewed', reason: 'rejected' },
    { level: 30, msg: 'token rejected', origin: 'https://api.orange.com', status: 401, isReplayed: true },
    { level: 50, msg: 'token failed', reason: 'rejected', error: { type: 'OAuthError', code: 'TOKEN_REFUSED' } },
  ])
  expect(new Set(seen).size).toBeGreaterThanOrEqual(2)
  for (const secret of [...seen, 'emulated-secret']) expect(logs.join('\n')).not.toContain(secret)
})

test('prom-client counts the events, and has the duration of renewals', async () => {
  const tokens = await importExample('Metrics')
  await callAfterRevocation(tokens)
  await fail(tokens)
  const lines = (await register.metrics()).split('\n')
  register.clear()
  expect(lines).toEqual(
    expect.arrayContaining([
      'oauthkit_events_total{provider="orange",type="renewed",why="absent"} 1',
      'oauthkit_events_total{provider="orange",type="renewed",why="rejected"} 1',
      'oauthkit_events_total{provider="orange",type="rejected"} 1',
      'oauthkit_events_total{provider="orange",type="served"} 2',
      'oauthkit_events_total{provider="orange",type="failed",why="rejected",code="TOKEN_REFUSED",has_token="true"} 1',
      'oauthkit_renewal_duration_seconds_count{provider="orange"} 2',
    ]),
  )
  expect(console.log).toHaveBeenCalledWith(expect.stringContaining('why="absent"} 1'))
})

test('OpenTelemetry gets a counter of the events and a histogram of the renewals', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter })
  // This meter is made too early, and records nothing.
  const early = metrics.getMeter('early').createCounter('early')
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  early.add(1)
  const tokens = await importExample('OpenTelemetry')
  await fail(tokens)
  await reader.forceFlush()
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  expect(found.map(({ descriptor: { name, unit } }) => [name, unit])).toEqual([
    ['oauthkit.events', ''],
    ['oauthkit.renewal.duration', 's'],
  ])
  const provider = 'orange'
  expect(found[0]?.dataPoints.map(({ attributes, value }) => ({ ...attributes, value }))).toEqual([
    { type: 'renewed', provider, reason: 'absent', value: 1 },
    { type: 'served', provider, value: 1 },
    { type: 'failed', provider, reason: 'rejected', 'error.type': 'TOKEN_REFUSED', value: 1 },
  ])
  expect(found[1]?.dataPoints).toMatchObject([{ attributes: { provider }, value: { count: 1 } }])
  await reader.shutdown()
  metrics.disable()
})

/** A context manager for asynchronous code, as the SDK for Node has one. */
function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...args) =>
      storage.run(active, () => run.apply(self as ThisParameterType<typeof run>, args)),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

describe('OpenTelemetry gets a span', () => {
  const spans = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] })

  beforeEach(() => {
    trace.setGlobalTracerProvider(provider)
    context.setGlobalContextManager(createContextManager())
  })

  afterEach(() => {
    spans.reset()
    trace.disable()
    context.disable()
  })

  const renewals = async () => {
    await provider.forceFlush()
    return spans.getFinishedSpans().filter(({ name }) => name === 'oauthkit.renewal')
  }

  test('for a renewal, which is a child of the call that started it', async () => {
    const tokens = await importExample('Spans')
    spans.reset()
    const id = await trace.getTracer('app').startActiveSpan('call', async (span) => {
      await callAfterRevocation(tokens)
      span.end()
      return span.spanContext().spanId
    })
    expect(await renewals()).toMatchObject([
      {
        attributes: { type: 'renewed', provider: 'orange', grant: 'client_credentials', reason: 'rejected' },
        parentSpanContext: { spanId: id },
        status: { code: 0 },
      },
    ])
  })

  test('for a renewal in the background, which has no parent', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const tokens = await importExample('Spans')
    spans.reset()
    vi.setSystemTime(Date.now() + 3_590_000)
    await trace.getTracer('app').startActiveSpan('call', async (span) => {
      await tokens.getToken()
      await tokens.idle()
      span.end()
    })
    const [renewal, ...more] = await renewals()
    expect(renewal?.attributes).toMatchObject({ type: 'renewed', reason: 'ageing' })
    expect(renewal?.parentSpanContext).toBeUndefined()
    expect(more).toEqual([])
  })

  test('for a failed renewal, with the code and the message of the error, and without a duration', async () => {
    const tokens = await importExample('Spans')
    spans.reset()
    await fail(tokens)
    expect(await renewals()).toMatchObject([
      {
        attributes: { type: 'failed', reason: 'rejected', 'error.type': 'TOKEN_REFUSED' },
        status: { code: 2, message: expect.stringContaining('invalid_client') },
        duration: [0, 0],
      },
    ])
  })
})

describe('a channel of node:diagnostics_channel', () => {
  test('passes the events on', async () => {
    const tokens = await importExample('Several listeners')
    await tokens.getToken()
    const types = vi.mocked(console.log).mock.calls.map(([event]) => (event as TokenEvent).type)
    expect(types).toEqual(['renewed', 'served'])
  })

  test('ends a process of Node if a listener throws', async () => {
    const throwing = `
      import { subscribe } from 'node:diagnostics_channel'
      subscribe('oauthkit', () => {
        throw new Error('a listener failed')
      })
      ${main}
    `
    const running = runWithNode({ 'example.ts': onlyCodeOf(page, 'Several listeners'), 'main.ts': throwing })
    await expect(running).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('a listener failed') })
  })
})

test('an `onEvent` that throws does not fail a call', async () => {
  vi.mocked(console.log).mockImplementation(() => {
    throw new Error('no log today')
  })
  const folder = writeFolder({ 'example.ts': onlyCodeOf(page, 'Logs, metrics and traces') })
  await import(/* @vite-ignore */ join(folder, 'example.ts'))
  expect(console.log).toHaveBeenCalledWith(expect.objectContaining({ type: 'renewed' }))
})
