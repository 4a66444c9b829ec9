import { fetchClients, kyClients, kyClientsWithoutRetry } from './clients.ts'
import { testBodies } from './send-bodies.ts'
import { isSlow } from './support.ts'

// One client of each kind, where each test takes long. bodies.long.test.ts has all.
const count = isSlow ? 1 : undefined

testBodies({
  retrying: kyClients.slice(0, count),
  withoutRetry: kyClientsWithoutRetry.slice(0, count),
  fetches: fetchClients.slice(0, count),
})
