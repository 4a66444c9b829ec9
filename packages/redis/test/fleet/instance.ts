// One process of the fleet: a ky client with a token source, and a clock that the test sets.
import { flushCompileCache } from 'node:module'
import { bearer, createTokenSource, isOAuthError, plainBasic, type TokenStore } from '@oauthkit/core'
import ky from 'ky'
import { redisStore } from '../../src/index.ts'
import { connectClient } from './connect-client.ts'
import type { Command, Message, Moment, Outcomes, Settings } from './protocol.ts'

const settings: Settings = JSON.parse(process.argv[2] ?? '')
const { leaseMs, storeTimeoutMs, timeoutMs, provider, apiUrl, user, skewMs } = settings

const now = Date.now
let offsetMs = 0
Date.now = () => now() + offsetMs + skewMs

let armed: Extract<Command, { type: 'arm' }> | undefined
let proceed = () => {}

/** Sends itself a signal or waits, if the test asked for that at this moment. */
async function reach(moment: Moment): Promise<void> {
  if (armed?.moment !== moment) return
  const { action } = armed
  armed = undefined
  const continued = new Promise<void>((resolve) => (proceed = resolve))
  await say({ type: 'hit', moment })
  if (action === 'wait') return continued
  process.kill(process.pid, action)
  await new Promise((resolve) => setTimeout(resolve))
}

const own = redisStore(await connectClient(settings.client), { leaseMs })
let isLocked = false
const store: TokenStore = {
  ...own,
  get: async (key) => {
    const found = await own.get(key)
    if (isLocked) await reach('read')
    return found
  },
  lock: (key, work, reread) =>
    own.lock(
      key,
      async (lease) => {
        isLocked = true
        await reach('locked')
        return work(lease).finally(() => (isLocked = false))
      },
      reread,
    ),
}

const source = createTokenSource({
  provider: { ...provider, clientAuth: plainBasic },
  clientId: 'emulated-client',
  clientSecret: 'emulated-secret',
  ...(user !== undefined && { grant: { name: 'sign-in', identity: '' }, key: user }),
  store,
  storeTimeoutMs,
  timeoutMs,
  fetch: async (input, init) => {
    const url = new URL(input as string)
    url.port = String(settings.tokenPort)
    const response = await fetch(url, init)
    await reach('answered')
    return response
  },
})
const api = ky.create({ retry: 0, timeout: false, throwHttpErrors: false }).extend(bearer(source))

async function reconnect(): Promise<void> {
  const isDown = await Promise.resolve(own.get('any')).then(
    () => false,
    () => true,
  )
  if (!isDown) return
  await new Promise((resolve) => setTimeout(resolve, 20))
  return reconnect()
}

const get = () => source.getToken().then(() => 'token')

async function call(): Promise<string> {
  const response = await api.get(apiUrl)
  await response.arrayBuffer()
  return String(response.status)
}

async function outcomeOf(work: () => Promise<string>): Promise<string> {
  try {
    return await work()
  } catch (error) {
    return isOAuthError(error) ? error.code : String(error)
  }
}

async function obey(command: Command): Promise<Outcomes> {
  if ('offsetMs' in command) offsetMs = command.offsetMs
  if (command.type === 'arm') armed = command
  if (command.type === 'sign-in') await source.setToken(command.token)
  if (command.type === 'continue') proceed()
  if (command.type === 'reconnect') await reconnect()
  if (command.type === 'get') return { [await outcomeOf(get)]: 1 }
  const outcomes: Record<string, number> = {}
  if (command.type !== 'call') return outcomes
  for (const outcome of await Promise.all(Array.from({ length: command.count }, () => outcomeOf(call))))
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return outcomes
}

/** Resolves when the message is sent, so that it arrives even if this process dies. */
const say = (message: Message) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

process.on('message', async ({ id, command }: { id: number; command: Command }) => {
  await say({ type: 'done', id, outcomes: await obey(command) })
})
process.on('disconnect', () => process.exit())
// The test can kill this process at any time. Then the next one has no compiled code to start with.
flushCompileCache()
await say({ type: 'ready' })
