import { env } from 'cloudflare:workers'
import { answer } from './answer.ts'
import { createOrangeApi } from './create-orange-api.ts'

// At module scope, so that all requests of an isolate share the client and its token.
const api = createOrangeApi(env)

export default {
  fetch: (request) => answer(request, api),
} satisfies ExportedHandler<Cloudflare.Env>
