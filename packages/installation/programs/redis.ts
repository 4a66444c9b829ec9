/** Calls Orange's API with a token that Redis stores. */
import process from 'node:process'
import { orange, orangeAuth } from '@oauthkit/orange'
import { redisStore } from '@oauthkit/redis'
import ky from 'ky'
import { createClient } from 'redis'

const { API = '', ORANGE = '{}', REDIS_URL = '' } = process.env

const client = await createClient({ url: REDIS_URL }).connect()

const api = ky.extend(orangeAuth({ provider: { ...orange, ...JSON.parse(ORANGE) }, store: redisStore(client) }))

console.log((await api.get(API)).status)

await client.close()
