import { type Context, Hono } from 'hono'
import type { Clock } from './clock.ts'
import type { RunningProvider } from './create-emulation.ts'
import { readJsonObject } from './read-json-object.ts'

/** Makes the app by which other processes control the emulator: JSON in, JSON out, 400 for what it cannot use. */
export function createControl(running: readonly RunningProvider[], clock: Clock): Hono {
  const control = new Hono()

  control.post('/clock/advance', async (context) => {
    const ms = readMs(await readJson(context))
    if (ms === undefined) return badRequest(context, MS_WANTED)
    clock.advance(ms)
    return context.json({ now: clock.now() })
  })

  for (const { name, emulation, commands } of running) {
    const path = `/${name}`

    control.get(`${path}/counters`, (context) => context.json(emulation.counters))

    control.post(`${path}/reset`, (context) => {
      emulation.reset()
      return context.json(emulation.counters)
    })

    control.post(`${path}/revoke`, async (context) => {
      const body = await readJson(context)
      const accessToken = body?.['accessToken']
      if (!body || (accessToken !== undefined && typeof accessToken !== 'string')) {
        return badRequest(context, 'The body must be empty, or JSON like { "accessToken": "…" }')
      }
      emulation.revoke(accessToken)
      return context.json({})
    })

    control.post(`${path}/lifetime`, async (context) => {
      const ms = readMs(await readJson(context))
      if (ms === undefined) return badRequest(context, MS_WANTED)
      emulation.lifetimeMs = ms
      return context.json({ ms })
    })

    control.post(`${path}/fail-token-requests`, async (context) => {
      const { count, status = 503 } = (await readJson(context)) ?? {}
      if (!isCount(count) || !isCount(status) || status < 400 || status > 599) {
        return badRequest(context, 'The body must be JSON like { "count": 1, "status": 503 }')
      }
      emulation.answerTokenRequests(count, { status })
      return context.json({ count, status })
    })

    for (const [command, act] of Object.entries(commands)) {
      control.post(`${path}/${command}`, async (context) => {
        const body = await readJson(context)
        if (!body) return badRequest(context, 'The body must be a JSON object')
        try {
          return context.json(await act(body))
        } catch (error) {
          return badRequest(context, error instanceof Error ? error.message : String(error))
        }
      })
    }
  }

  control.all('*', (context) => context.json({ error: `Nothing to control at ${context.req.path}` }, 404))
  return control
}

const MS_WANTED = 'The body must be JSON like { "ms": 1000 }, not negative'

/** Reads an object; none at all is an empty one, anything else is `undefined`. */
async function readJson(context: Context): Promise<Record<string, unknown> | undefined> {
  const text = await context.req.text()
  return text === '' ? {} : readJsonObject(text)
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0

function readMs(body: Record<string, unknown> | undefined): number | undefined {
  const ms = body?.['ms']
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

function badRequest(context: Context, error: string): Response {
  return context.json({ error }, 400)
}
