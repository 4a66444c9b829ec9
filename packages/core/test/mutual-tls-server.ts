// A server that knows its clients by their certificates. It prints its origin.
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

const read = (name: string) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8')

/** The name in the certificate of the client that sent a request. */
const clientOf = ({ socket }: IncomingMessage) => {
  const { subject } = (socket as TLSSocket).getPeerCertificate()
  return (socket as TLSSocket).authorized ? subject?.CN : undefined
}

/** A server that knows its clients by their certificates, and the tokens by the certificate that they belong to. */
const server = createServer(
  {
    key: read('server-key'),
    cert: read('server'),
    ca: read('authority'),
    requestCert: true,
    rejectUnauthorized: false,
  },
  (request, response) => {
    request.resume().once('end', () => {
      const client = clientOf(request)
      const send = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (request.url === '/.well-known/openid-configuration') {
        const aliases = { token_endpoint: `${origin}/mtls/token` }
        send(200, { issuer: origin, token_endpoint: `${origin}/token`, mtls_endpoint_aliases: aliases })
      } else if (request.url === '/mtls/token') {
        if (client === 'client') send(200, { access_token: 'bound-to-client', token_type: 'Bearer', expires_in: 60 })
        else send(401, { error: 'invalid_client' })
      } else {
        const isGood = client === 'client' && request.headers.authorization === 'Bearer bound-to-client'
        send(isGood ? 200 : 401, {})
      }
    })
  },
)

let origin = ''

server.listen(0, '127.0.0.1', () => {
  origin = `https://localhost:${(server.address() as AddressInfo).port}`
  console.log(origin)
})
