// A token endpoint and an API, in a process of their own. The process that started them sends orders.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { usual, type Addresses, type Behaviour, type Counts, type Order } from './behaviour.ts'

let behaviour: Behaviour = usual
let counts = { tokenRequests: 0, calls: 0, rejected: 0 }
let issued = 0
/** The end of each token, by the servers' clock. */
const ends = new Map<string, number>()
/** The answers that never come. */
const hanging = new Set<ServerResponse>()
const big = Buffer.alloc(10_000_000, 'x')

const now = () => Date.now() + behaviour.clockOffsetMs

function issue() {
  issued += 1
  const token = `a-token-of-forty-characters-${String(issued).padStart(12, '0')}`
  ends.set(token, now() + behaviour.expiresIn * 1000)
  return token
}

function sendJson(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Reads a request to its end. */
async function drain(request: IncomingMessage) {
  request.resume()
  if (!request.complete) await once(request, 'end')
}

/** @param form - how GitHub's own API names the members, or the OAuth standard */
async function answerTokenRequest(request: IncomingMessage, response: ServerResponse, form: 'GitHub' | 'OAuth') {
  counts.tokenRequests += 1
  await drain(request)
  if (behaviour.tokenDelayMs > 0) await pause(behaviour.tokenDelayMs)
  if (behaviour.failFirst > 0) {
    behaviour.failFirst -= 1
    if (behaviour.failWith === 'reset') request.socket.destroy()
    else sendJson(response, 503, { error: 'temporarily_unavailable' })
    return
  }
  if (behaviour.tokenEndpoint === 'hang') {
    hanging.add(response)
    return
  }
  if (behaviour.tokenEndpoint === 'refuse') request.socket.destroy()
  else if (behaviour.tokenEndpoint === 'error') sendJson(response, 500, { error: 'server_error' })
  else if (behaviour.tokenEndpoint === 'limit') {
    response.setHeader('retry-after', String(behaviour.retryAfterSeconds))
    sendJson(response, 429, { error: 'slow_down' })
  } else if (form === 'GitHub') {
    const end = new Date(now() + behaviour.expiresIn * 1000).toISOString()
    sendJson(response, 201, { token: issue(), expires_at: end, permissions: {}, repository_selection: 'all' })
  } else {
    sendJson(response, 200, { access_token: issue(), token_type: 'Bearer', expires_in: behaviour.expiresIn })
  }
}

async function answerCall(request: IncomingMessage, response: ServerResponse) {
  counts.calls += 1
  await drain(request)
  if (behaviour.apiDelayMs > 0) await pause(behaviour.apiDelayMs)
  // GitHub's clients write `token`, others `Bearer`, and bare clients nothing.
  const [, token] = request.headers.authorization?.split(' ') ?? []
  const isValid = behaviour.api === 'answer' && (token === undefined || (ends.get(token) ?? 0) > now())
  if (!isValid) {
    counts.rejected += 1
    response.setHeader('www-authenticate', 'Bearer error="invalid_token"')
    sendJson(response, 401, { error: 'invalid_token' })
  } else if (request.url === '/api/big') response.end(big)
  else sendJson(response, 200, {})
}

const tokenServer = createServer((request, response) => void answerTokenRequest(request, response, 'OAuth'))
const apiServer = createServer((request, response) => {
  if (request.url?.startsWith('/app/installations/')) void answerTokenRequest(request, response, 'GitHub')
  else void answerCall(request, response)
})

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const tokenPort = await listen(tokenServer)
const apiPort = await listen(apiServer)

async function set(change: Partial<Behaviour>) {
  const { tokenEndpoint: before } = behaviour
  behaviour = { ...behaviour, ...change }
  const { tokenEndpoint: after } = behaviour
  if (before === after) return
  // What hangs is not answered later.
  for (const response of hanging) response.destroy()
  hanging.clear()
  tokenServer.closeAllConnections()
  if (after === 'refuse') tokenServer.close()
  else if (before === 'refuse') await listen(tokenServer, tokenPort)
}

async function follow(order: Order): Promise<Counts> {
  if (order.to === 'set') await set(order.behaviour)
  else if (order.to === 'reset') counts = { tokenRequests: 0, calls: 0, rejected: 0 }
  else if (order.to === 'revoke') ends.clear()
  return counts
}

process.on('message', async (order: Order) => process.send?.(await follow(order)))
process.once('disconnect', () => process.exit())
process.send?.({
  tokenOrigin: `http://127.0.0.1:${tokenPort}`,
  apiOrigin: `http://127.0.0.1:${apiPort}`,
} satisfies Addresses)
