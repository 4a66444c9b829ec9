// Shows what text messages would be sent through Orange's SMS API, on Bun, and sends them with --send. Either way the
// credentials are put to the test: orangeAuth() gets a token with them.
import { parseArgs } from 'node:util'
import { isOAuthError, orange, orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky, { isHTTPError, isNetworkError, isTimeoutError } from 'ky'
import { countParts } from './count-parts.ts'

const usage = `Usage: bun sms.ts --from=NUMBER [--send] [--url=URL] TEXT NUMBER…

  --from  the sender, in international form, such as +33600000000
  --send  send the messages; else they are shown
  --url   another base URL for Orange's APIs and token endpoint, such as an emulator's
`

/** What the exit codes mean, for scripts that run this one. */
const exitCodes = { done: 0, failed: 1, misused: 2, refused: 3, unavailable: 4 } as const

/** The command line is wrong. */
class Misuse extends Error {}

const isNumber = (text: string | undefined): text is string => /^\+[1-9]\d{6,14}$/.test(text ?? '')

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { from: { type: 'string' }, send: { type: 'boolean', default: false }, url: { type: 'string' } },
      allowPositionals: true,
    })
    const [text = '', ...recipients] = positionals
    const { from, send } = values
    const url = values.url?.replace(/\/$/, '')
    const isUrl = url === undefined || (URL.canParse(url) && /^https?:/.test(url))
    const isWhole = text !== '' && isNumber(from) && recipients.length > 0 && recipients.every(isNumber)
    if (isWhole && isUrl) return { text, recipients, from, send, url }
  } catch {
    // An option that there is not.
  }
  throw new Misuse(usage)
}

async function run(): Promise<void> {
  const { text, recipients, from, send, url } = readArguments()
  const base = url ?? 'https://api.orange.com'
  const provider = url ? { ...orange, tokenEndpoint: `${url}/oauth/v3/token`, apis: [url] } : orange
  const parts = countParts(text)
  const total = parts * recipients.length
  const path = `smsmessaging/v1/outbound/${encodeURIComponent(`tel:${from}`)}/requests`
  const show = (recipient: string, what: string) =>
    console.log(`${recipient.padEnd(16)}  ${String(parts).padStart(5)}  ${what}`)

  if (!send) {
    await orangeTokens({ provider }).getToken()
    console.log(`${'recipient'.padEnd(16)}  parts`)
    for (const recipient of recipients) show(recipient, 'not sent')
    console.log(`\nPOST ${base}/${path}\n${text}\n\nThe credentials are good. Parts that --send would send: ${total}`)
    return
  }
  // Not sent twice: an answer that is late or lost does not say that there is no message.
  const api = ky.create({ prefix: base, timeout: 10_000, retry: 0 }).extend(orangeAuth({ provider }))
  console.log(`${'recipient'.padEnd(16)}  parts`)
  for (const recipient of recipients) {
    const outboundSMSMessageRequest = {
      address: `tel:${recipient}`,
      senderAddress: `tel:${from}`,
      outboundSMSTextMessage: { message: text },
    }
    // oxlint-disable-next-line no-await-in-loop -- Orange limits how many are sent in a second
    await api.post(path, { json: { outboundSMSMessageRequest } })
    show(recipient, 'sent')
  }
  console.log(`\nParts sent: ${total}`)
}

function exitCodeOf(error: unknown): number {
  if (isOAuthError(error)) {
    if (error.code === 'TOKEN_REFUSED') return exitCodes.refused
    return error.code === 'TOKEN_UNAVAILABLE' ? exitCodes.unavailable : exitCodes.failed
  }
  if (isHTTPError(error)) {
    const { status } = error.response
    if (status === 401 || status === 403) return exitCodes.refused
    return status === 429 || status >= 500 ? exitCodes.unavailable : exitCodes.failed
  }
  if (isNetworkError(error) || isTimeoutError(error)) return exitCodes.unavailable
  // orangeAuth says so of a variable that is missing.
  return error instanceof Misuse || error instanceof TypeError ? exitCodes.misused : exitCodes.failed
}

try {
  await run()
} catch (error) {
  // The message alone: the error of a call holds the call.
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = exitCodeOf(error)
}
