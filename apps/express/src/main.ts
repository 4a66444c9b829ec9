import { once } from 'node:events'
import { pino } from 'pino'
import { createApp } from './app.ts'
import { tokensOf } from './providers.ts'

const log = pino()
const server = createApp(log).listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
await once(server, 'listening')
log.info(server.address(), 'listening')

const [signal] = await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
log.info(`${signal}: no new requests`)
server.close()
await once(server, 'close')
// A refresh token that was sent works one time only, so its answer must be stored.
await tokensOf.idle()
