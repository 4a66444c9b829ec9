// The demonstration. Programs on three runtimes call an emulated API over HTTP, and the emulator counts the requests. Then
// one client calls the APIs of all providers, and a user signs in. At the end, the sample app is served.
import { parseArgs } from 'node:util'
import { demonstrate } from './demonstrate.ts'
import { getLiveToken } from './get-live-token.ts'
import { serveSample } from './serve-sample.ts'
import { showLogin } from './show-login.ts'
import { showProviders } from './show-providers.ts'
import { showSharing } from './show-sharing.ts'

const usage = `Usage: npx -y pnpm@12 start [--live] [--once]

  --live  ask Orange's own token endpoint for a token, with ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET
  --once  exit when done, instead of serving the sample app (apps/showcase) in the end

If the environment variable REDIS_URL is set, processes that share a token through Redis are shown too.
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
