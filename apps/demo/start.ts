// Shows the main job on real HTTP: programs on three runtimes that call an API, and what really crossed the wire. Then it
// serves the sample app, to be looked at.
import { parseArgs } from 'node:util'
import { demonstrate } from './demonstrate.ts'
import { getLiveToken } from './get-live-token.ts'
import { serveSample } from './serve-sample.ts'
import { showLogin } from './show-login.ts'
import { showProviders } from './show-providers.ts'
import { showSharing } from './show-sharing.ts'

const usage = `Usage: npx -y pnpm@12 start [--live] [--once]

  --live  ask Orange's own token endpoint for a token, with ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET
  --once  exit when done, instead of serving the sample app (apps/express) in the end

With REDIS_URL in the environment it also shows processes that share a token through Redis.
`

try {
  const { live, once, help } = parseArgs({
    options: { live: { type: 'boolean' }, once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  }).values
  if (help) console.log(usage)
  else if (live) await getLiveToken()
  else {
    const { REDIS_URL: redis } = process.env
    const isGood =
      (await demonstrate()) && (!redis || (await showSharing(redis))) && (await showProviders()) && (await showLogin())
    process.exitCode = !isGood ? 1 : once ? 0 : await serveSample()
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
