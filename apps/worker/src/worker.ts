import { env } from 'cloudflare:workers'
import { answer } from './answer.ts'
import { createOrangeApi } from './create-orange-api.ts'

// At module scope: all requests of an isolate share its token.
const api = createOrangeApi(env)

export default {
  fetch: (request) => answer(request, api),
} satisfies ExportedHandler<Cloudflare.Env>
