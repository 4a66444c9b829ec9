import { fetchClients, kyClients, kyClientsWithoutRetry } from './clients.ts'
import { testBodies } from './send-bodies.ts'

testBodies({ retrying: kyClients, withoutRetry: kyClientsWithoutRetry, fetches: fetchClients })
