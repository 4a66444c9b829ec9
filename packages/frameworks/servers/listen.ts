import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Listens on a port of the system's choice, and then makes the app: its login must know where browsers find it. Prints the
 * origin.
 */
export function listen(createApp: () => Promise<RequestListener>): void {
  let app: RequestListener | undefined
  const server = createServer((request, response) => app?.(request, response))
  server.listen(0, '127.0.0.1', async () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    process.env['ORIGIN'] = origin
    app = await createApp()
    console.log(origin)
  })
}
