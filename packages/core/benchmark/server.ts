// A token endpoint and an API, in a separate process. It sends its port to the process that started it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let tokenRequests = 0

const server = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json')
  if (request.url === '/count') response.end(String(tokenRequests))
  else if (request.url === '/token') {
    tokenRequests += 1
    response.end('{"access_token":"a-token-of-forty-characters-0123456789","token_type":"Bearer","expires_in":3600}')
  } else response.end('{}')
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())
