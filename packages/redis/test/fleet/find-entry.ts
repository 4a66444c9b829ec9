import { connectAdmin } from '../connect-admin.ts'
import type { Fleet } from './start-fleet.ts'

/** Connects to the Redis of a fleet, and finds the key of the only token. */
export async function findEntry(fleet: Fleet) {
  const admin = await connectAdmin(fleet.redis())
  const keys = await admin.keys('oauthkit:*')
  const key = keys.find((one) => !one.endsWith(':lock'))
  if (key === undefined) throw new Error('there is no entry')
  return { admin, key, lock: `${key}:lock` }
}
