// Makes 50 calls at the same time. All processes that run this program share one token through the Redis at REDIS_URL.
import { orange, orangeAuth } from '@oauthkit/orange'
import { redisStore } from '@oauthkit/redis'
import ky from 'ky'
import { createClient } from 'redis'

const api = `${process.env['EMULATOR_URL'] ?? ''}/api.orange.com`
const emulated = { ...orange, tokenEndpoint: `${api}/oauth/v3/token`, apis: [api] }

const redis = createClient({ url: process.env['REDIS_URL'] ?? '' })
redis.on('error', (error: Error) => console.error(`Redis: ${error.message}`))
await redis.connect()

const client = ky.extend(orangeAuth({ provider: emulated, store: redisStore(redis) }))

const calls = Array.from({ length: 50 }, () => client.get(`${api}/poi/v1/shops?postalCode=35000`))
const ok = (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length
console.log(JSON.stringify({ calls: calls.length, ok }))

await redis.close()
