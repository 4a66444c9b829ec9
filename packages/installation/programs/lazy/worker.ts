/** A Worker with two clients: `/stored` has a store, and `/alone` has none. */
import { createCall, type Settings } from './create-call.ts'

type Env = { readonly SETTINGS: string }

const store = new Map()
let clients: Record<string, ReturnType<typeof createCall>> | undefined

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    const settings = JSON.parse(env.SETTINGS) as Settings
    clients ??= { '/alone': createCall(settings), '/stored': createCall(settings, store) }
    const outcome = await clients[new URL(request.url).pathname]?.()
    return Response.json({ ...outcome, stored: store.size })
  },
}
