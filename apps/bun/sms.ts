// Sends a text message to several numbers through Orange's SMS API, on Bun. Without --send, it only shows what it would
// send, and checks the credentials.
import { parseArgs } from 'node:util'
import { orange, orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky from 'ky'
import { countParts } from './count-parts.ts'

const usage = 'Usage: bun sms.ts --from=NUMBER [--send] [--url=URL] TEXT NUMBER…'

/** Whether a phone number is in the international form, such as +33600000000. */
const isNumber = (text: string) => /^\+[1-9]\d{6,14}$/.test(text)

try {
  const { values, positionals } = parseArgs({
    options: { from: { type: 'string', default: '' }, send: { type: 'boolean' }, url: { type: 'string' } },
    allowPositionals: true,
  })
  const { from, send } = values
  const [text, ...numbers] = positionals
  if (!text || numbers.length === 0 || ![from, ...numbers].every(isNumber)) throw new TypeError(usage)
  const parts = countParts(text)

  // With --url, the program calls another server than Orange's, such as an emulator.
  const url = values.url?.replace(/\/$/, '')
  const provider = url ? { ...orange, tokenEndpoint: `${url}/oauth/v3/token`, apis: [url] } : orange

  if (send) {
    // ky does not retry a POST, so no message is sent twice, even if its response is lost.
    const api = ky.create({ prefix: url ?? 'https://api.orange.com' }).extend(orangeAuth({ provider }))
    for (const number of numbers) {
      const outboundSMSMessageRequest = {
        address: `tel:${number}`,
        senderAddress: `tel:${from}`,
        outboundSMSTextMessage: { message: text },
      }
      // oxlint-disable-next-line no-await-in-loop -- Orange limits the messages per second
      await api.post(`smsmessaging/v1/outbound/${encodeURIComponent(`tel:${from}`)}/requests`, {
        json: { outboundSMSMessageRequest },
      })
      console.log(`Sent to ${number}, parts: ${parts}`)
    }
  } else {
    await orangeTokens({ provider }).getToken()
    console.table(numbers.map((number) => ({ number, text, parts })))
    console.log('The credentials are valid. To send the messages, add --send.')
  }
} catch (error) {
  // Only the message, because an error of ky contains the whole request.
  console.error(error instanceof Error ? error.message : String(error))
  // A TypeError means wrong usage: an unknown option, or a variable that is not set.
  process.exitCode = error instanceof TypeError ? 2 : 1
}
