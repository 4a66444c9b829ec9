import { bearerFetch } from '@oauthkit/core'
import { orange, orangeTokens, type OrangeOptions } from '@oauthkit/orange'
import { waitUntil } from 'cloudflare:workers'

const { API = '', ORANGE_CLIENT_SECRET = '' } = process.env

const provider = { ...orange, tokenEndpoint: `${API}/oauth/v3/token`, apis: [API] }

const client = (options: OrangeOptions) => bearerFetch(orangeTokens({ provider, ...options }))

/** A Worker should create its sources at module scope, as here. All requests share these clients. */
const clients = {
  alone: client({ timeoutMs: 3000 }),
  stored: client({ timeoutMs: 3000, store: new Map() }),
  vault: client({
    timeoutMs: 3000,
    store: new Map(),
    clientSecret: async () => {
      await fetch(`${API}/vault`)
      return ORANGE_CLIENT_SECRET
    },
  }),
  awake: client({ waitUntil }),
}

// `/later` moves the clock that tokens expire by. Timers keep the real time.
const now = Date.now
let passedMs = 0
Date.now = () => now() + passedMs

/** The name of a client as a path, such as `/alone`, calls the API with it. `/later?ms=1000` moves the clock. */
export default {
  fetch: (request: Request): Response | Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    const name = pathname.slice(1)
    if (name in clients) return clients[name as keyof typeof clients](`${API}/echo`)
    passedMs += Number(searchParams.get('ms'))
    return Response.json({ passedMs })
  },
}
