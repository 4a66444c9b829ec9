import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A token request that waits for its answer. */
type HeldRequest = {
  /** Resolves when the request has arrived. */
  readonly arrived: Promise<unknown>
  /** Answers the request, and resolves when the answer is sent. */
  readonly answer: () => Promise<unknown>
}

/** A running token endpoint. */
export type TokenServer = {
  readonly url: string
  /** The refresh tokens that arrived. */
  readonly received: readonly (string | null)[]
  /** Holds the next request. */
  readonly holdNext: () => HeldRequest
  readonly close: () => void
}

/**
 * Starts a token endpoint for one user. The first refresh token is `refresh-1`. Each works one time, and a second use ends
 * the login. Each access token has expired when it arrives, so that each call needs a refresh.
 */
export async function startTokenServer(): Promise<TokenServer> {
  const received: (string | null)[] = []
  const events = new EventEmitter()
  let isHeld = false
  let current = 1

  const server = createServer(async (request, response) => {
    const refreshToken = new URLSearchParams(await text(request)).get('refresh_token')
    received.push(refreshToken)
    if (isHeld) {
      isHeld = false
      events.emit('arrived')
      await once(events, 'answer')
      response.once('finish', () => events.emit('sent'))
    }
    response.setHeader('content-type', 'application/json')
    if (refreshToken === `refresh-${current}`) {
      current += 1
      const token = { access_token: `access-${current}`, refresh_token: `refresh-${current}`, expires_in: 0 }
      response.end(JSON.stringify(token))
    } else {
      current = Number.NaN
      response.writeHead(400).end('{"error":"invalid_grant"}')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    received,
    holdNext: () => {
      isHeld = true
      const [arrived, sent] = [once(events, 'arrived'), once(events, 'sent')]
      const answer = () => {
        events.emit('answer')
        return sent
      }
      return { arrived, answer }
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
