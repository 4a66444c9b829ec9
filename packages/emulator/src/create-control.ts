import { type Context, Hono } from 'hono'
import type { Clock } from './clock.ts'
import type { RunningProvider } from './create-emulation.ts'
import type { Command, Commands } from './emulated-provider.ts'
import type { Emulation } from './emulation.ts'
import { guardControl } from './guard-control.ts'
import { readJsonObject, readMs } from './http.ts'

/** Makes the app with which other processes control the emulator, in JSON. It answers 400 to a wrong body.
 *
 * {@link guardControl} refuses requests of other sites' pages. */
export function createControl(running: readonly RunningProvider[], clock: Clock): Hono {
  const control = new Hono()
  control.use(guardControl)
  // A command throws only if its body is wrong.
  control.onError((error, context) => context.json({ error: error.message }, 400))
  const accept = (path: string, act: Command) =>
    control.post(path, async (context) => context.json(await act(await readBody(context))))

  accept('/clock/advance', ({ ms }) => {
    clock.advance(readMs(ms))
    return { now: clock.now() }
  })

  for (const { name, emulation, commands } of running) {
    control.get(`/${name}/counters`, (context) => context.json(emulation.counters))
    control.post(`/${name}/reset`, (context) => {
      emulation.reset()
      return context.json(emulation.counters)
    })
    for (const [command, act] of Object.entries({ ...createCommands(emulation), ...commands })) {
      accept(`/${name}/${command}`, act)
    }
  }

  control.all('*', (context) => context.json({ error: `Nothing to control at ${context.req.path}` }, 404))
  return control
}

/** Makes the commands that every provider has. */
function createCommands(emulation: Emulation): Commands {
  return {
    revoke: ({ accessToken }) => {
      if (accessToken !== undefined && typeof accessToken !== 'string') {
        throw new TypeError('The body must be empty, or JSON like { "accessToken": "…" }')
      }
      emulation.revoke(accessToken)
      return {}
    },
    lifetime: ({ ms }) => ({ ms: (emulation.lifetimeMs = readMs(ms)) }),
    'fail-token-requests': ({ count, status = 503 }) => {
      if (!isCount(count) || !isCount(status) || status < 400 || status > 599) {
        throw new TypeError('The body must be JSON like { "count": 1, "status": 503 }')
      }
      emulation.answerTokenRequests(count, { status })
      return { count, status }
    },
  }
}

/** Reads a JSON object. An empty body counts as an empty object. */
async function readBody(context: Context): Promise<Record<string, unknown>> {
  const text = await context.req.text()
  const body = text === '' ? {} : readJsonObject(text)
  if (!body) throw new TypeError('The body must be a JSON object')
  return body
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0
