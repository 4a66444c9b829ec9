import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server with a token endpoint, a userinfo endpoint and an API. It remembers what it has issued. */
export type AuthorizationServer = {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** The access tokens so far. The number of a token is its place in this list, from 1. */
  readonly accessTokens: readonly string[]
  /** The refresh tokens so far. */
  readonly refreshTokens: readonly string[]
  /** Stops the server, and closes its connections. */
  readonly close: () => Promise<void>
}

/** Starts the server. Its API tells the number of a call's token, and the name of a user changes with each answer. */
export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const accessTokens: string[] = []
  const refreshTokens: string[] = []
  let names = 0
  const answers: Record<string, (request: IncomingMessage) => Promise<object> | object> = {
    '/token': async (request) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      const issued = { access_token: secretOf('access', accessTokens), token_type: 'Bearer', expires_in: 3600 }
      if (!body.includes('refresh_token')) return issued
      return { ...issued, refresh_token: secretOf('refresh', refreshTokens) }
    },
    '/api': ({ headers }) => ({
      number: accessTokens.indexOf(headers.authorization?.slice('Bearer '.length) ?? '') + 1,
      marker: 'answer-of-the-api',
    }),
    '/userinfo': () => ({ sub: 'ada', name: `Ada ${(names += 1)}`, marker: 'info-about-the-user' }),
  }
  const server = createServer(async (request, response) => {
    const answer = await answers[request.url ?? '']?.(request)
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    accessTokens,
    refreshTokens,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Makes a token that appears nowhere else, and adds it to a list. */
function secretOf(kind: string, list: string[]): string {
  const token = `${kind}-${crypto.randomUUID()}`
  list.push(token)
  return token
}
