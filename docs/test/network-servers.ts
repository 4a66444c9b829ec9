// The servers of network-tests.ts. It runs on Node, and prints their URLs as JSON.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import { connect, type AddressInfo, type Server as AnyServer } from 'node:net'
import type { Duplex } from 'node:stream'

const read = (name: string) =>
  readFileSync(new URL(`../../packages/core/test/certificates/${name}.pem`, import.meta.url), 'utf8')

/** What was seen since the last look: the hosts that a proxy was asked for, and the number of connections to the API. */
let seen = { tunnels: [] as string[], connections: 0 }

async function listen(server: AnyServer, scheme: 'http' | 'https', host = 'localhost'): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `${scheme}://${host}:${(server.address() as AddressInfo).port}`
}

const answer: RequestListener = (request, response) => {
  request.resume().once('end', () => {
    const isToken = request.url === '/token'
    const isGood = isToken || request.headers.authorization === 'Bearer the-token'
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isToken ? { access_token: 'the-token', token_type: 'Bearer', expires_in: 60 } : {}))
  })
}

/** A token endpoint and an API, with a certificate of a private authority. */
function createApi(options: ServerOptions = {}): AnyServer {
  const server = createSecureServer({ key: read('server-key'), cert: read('server'), ...options }, answer)
  return server.on('secureConnection', () => void (seen.connections += 1))
}

/**
 * A proxy that connects to any port of this machine.
 *
 * @param credentials - the name and the password that it wants.
 */
function createProxy(credentials?: string): Server {
  const wanted = credentials && `Basic ${btoa(credentials)}`
  return createServer().on('connect', (request, client: Duplex, head: Buffer) => {
    client.on('error', () => {})
    if (wanted && request.headers['proxy-authorization'] !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n')
      return
    }
    seen.tunnels.push(request.url ?? '')
    const server = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      server.write(head)
      client.pipe(server).pipe(client)
    })
    server.on('error', () => client.destroy())
  })
}

const look = createServer((_request, response) => {
  response.end(JSON.stringify(seen))
  seen = { tunnels: [], connections: 0 }
})

const strict = { ca: read('authority'), requestCert: true, rejectUnauthorized: true }

console.log(
  JSON.stringify({
    api: await listen(createApi(), 'https'),
    strictApi: await listen(createApi(strict), 'https'),
    proxy: await listen(createProxy(), 'http', '127.0.0.1'),
    guardedProxy: await listen(createProxy('user:password'), 'http', '127.0.0.1'),
    look: await listen(look, 'http', '127.0.0.1'),
  }),
)
