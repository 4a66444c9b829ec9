import { waitUntil } from 'cloudflare:workers'
import { orange, orangeAuth } from '@oauthkit/orange'
import { workersKvStore } from '@oauthkit/workers-kv'
import ky, { type KyInstance } from 'ky'

/**
 * Makes the ky client for Orange's APIs. All isolates share its token through KV.
 *
 * @throws `TypeError` if a binding is missing. The message names it.
 */
export function createOrangeApi(env: Cloudflare.Env): KyInstance {
  const { ORANGE_URL: url, ORANGE_CLIENT_ID: clientId, ORANGE_CLIENT_SECRET: clientSecret, TOKENS } = env
  const provider = url ? { ...orange, tokenEndpoint: `${url}/oauth/v3/token`, apis: [url] } : orange
  const auth = orangeAuth({
    provider,
    clientId,
    clientSecret,
    store: workersKvStore(TOKENS),
    // A read from KV is slow if the key was not read recently.
    storeTimeoutMs: 2000,
    // A background renewal can end after the response to the call.
    waitUntil,
    onEvent: (event) => {
      if (event.type === 'store-failed') console.warn(`KV, ${event.operation}: ${event.message}`)
    },
  })
  return ky
    .create({ prefix: url ?? 'https://api.orange.com', timeout: 4000, totalTimeout: 8000, retry: 1 })
    .extend(auth)
}
