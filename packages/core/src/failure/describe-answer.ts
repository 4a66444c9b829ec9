import type { FailedAnswer, Members, SentRequest } from '../endpoint/call-endpoint.ts'
import { credentialHint } from './credential-hint.ts'
import { parseHttpDate, parseRetryAfter } from './http-date.ts'
import { isText, objectFrom, translateText } from '../endpoint/read-answer.ts'
import { createRedactor } from './redactor.ts'
import { readServerError, type ServerError } from './server-error.ts'
import { isBearer } from '../endpoint/token-response.ts'
import { oauthError, type OAuthError, type OAuthErrorCode } from '../errors.ts'
import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'
import { withTimeout } from '../wait.ts'

/** How much of the body of an answer without success is read. */
const maxBytes = 65_536

/** How long the body of an answer is awaited whose status says enough, in milliseconds. See `bridge`. */
const maxBodyMs = 500

/** What is known about an answer without success. */
type Known = ServerError & {
  readonly status: number
  readonly isRedirect: boolean
  readonly hasRetryAfter: boolean
  readonly isCut: boolean
  /** Whether the body is empty or JSON, which a firewall's page is not. */
  readonly isPlain: boolean
  /** The translated members. `undefined` if the provider's function failed. */
  readonly members: Members | undefined
  readonly tokenTypes: Provider['tokenTypes']
}

/** The code of an error, and its reason with what to do. */
type Verdict = readonly [code: OAuthErrorCode, reason: string]

/**
 * Makes the error of an answer that is no success, with what the server said.
 *
 * @param secrets - everything in the request that must not be shown.
 */
export async function describeAnswer(
  { provider, endpoint, clientSecret }: SentRequest,
  answer: FailedAnswer,
  secrets: readonly (string | undefined)[],
): Promise<OAuthError> {
  const { response, translate, isCut = false } = answer
  const { status, headers, type } = response
  const text = answer.text ?? (await readBody(response))
  const tokens: string[] = []
  const json = parse(text, tokens)
  const raw = await objectFrom(() => [json].flat()[0])
  const members = await translateText(text, status, translate)
  const translated = Object.entries(members ?? {}).flatMap(([name, value]) => (isToken(name, value) ? [value] : []))
  const redact = createRedactor([...secrets, ...tokens, ...translated])
  // In a browser, a redirect that was not followed shows nothing, not even its status.
  const isRedirect = type === 'opaqueredirect' || (status >= 300 && status < 400)
  const said = readServerError([members, raw].find(isFilled), json === undefined ? redact(text) : '', response)
  const isPlain = json !== undefined || text.trim() === ''
  const hasRetryAfter = headers.has('retry-after')
  const [code, reason] = judge({
    ...said,
    status,
    isRedirect,
    hasRetryAfter,
    isCut,
    isPlain,
    members,
    tokenTypes: provider.tokenTypes,
  })

  // A success that cannot be read has a token somewhere: perhaps in one of these texts.
  const hide = response.ok ? hideRandomWords : String
  const show = (value: unknown) => (isText(value) ? printable(hide(redact(value))) : undefined)
  const error = said.error !== undefined && refusalAdvice.has(said.error) ? said.error : show(said.error)
  const errorDescription = show(said.description)
  const requestId = show(headers.get(provider.requestIdHeader ?? 'x-request-id') ?? raw?.['error_id'])
  const shown = status + (error ? ` ${error}` : '') + (errorDescription ? ` (${errorDescription})` : '')
  const advice = code === 'TOKEN_MALFORMED' ? `; check the provider's ${endpoint}, and any proxy in front of it` : ''
  const isAboutClient = said.error === 'invalid_client' || status === 401
  const hints = code === 'TOKEN_REFUSED' ? (isAboutClient ? credentialHint(clientSecret) : '') + clockHint(headers) : ''
  const details = { status, error, errorDescription, requestId, retryAt: parseRetryAfter(headers.get('retry-after')) }
  return oauthError(provider.name, code, `the ${endpoint} answered ${shown}: ${reason}${advice}${hints}`, details)
}

/** Whether a member of an answer is a token: `access_token`, `refreshToken`, `token` and so on. */
const isToken = (name: string, value: unknown): value is string => /token$/i.test(name) && isText(value)

/** Removes the words that can be a token: 16 characters or more, with a digit, or with a capital after a small letter. */
const hideRandomWords = (text: string) =>
  text.replaceAll(/[\w+/=.~-]{16,}/g, (word) => (/\d|[a-z].*[A-Z]/.test(word) ? '[redacted]' : word))

/** Reads the body of an answer without success. If it takes long, and the status says enough, continues without it. */
async function readBody(response: Response): Promise<string> {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const reading = readText(response, maxBytes, ended).then(({ text }) => text)
  if (!isTransientStatus(response.status)) return reading
  const late = () => {
    end()
    return ''
  }
  return withTimeout(reading, maxBodyMs, late).catch(() => '')
}

/**
 * Parses JSON of any kind. Returns `undefined` for any other text.
 *
 * @param tokens - the tokens in it, at any depth, are added here.
 */
function parse(text: string, tokens: string[]): unknown {
  try {
    return JSON.parse(text, (name, value: unknown) => {
      if (isToken(name, value)) tokens.push(value)
      return value
    })
  } catch {
    return undefined
  }
}

const isFilled = (members: Members | undefined) => members !== undefined && Object.keys(members).length > 0

/** Decides what an answer without success means. The first rule that fits counts. */
function judge(known: Known): Verdict {
  const { status, error = '', description = '', isPlain, members } = known
  const rateLimit = refusalAdvice.has(error) ? plainRateLimit : anyRateLimit
  if (isTransientStatus(status) || transientErrors.has(error) || rateLimit.test(`${error} ${description}`))
    return ['TOKEN_UNAVAILABLE', unavailableAdvice.get(status) ?? 'try again later']
  if (known.isRedirect) return ['TOKEN_MALFORMED', 'a redirect, and credentials are never sent to another URL']
  if (!members && !known.isCut) return ['TOKEN_MALFORMED', 'readTokenResponse failed']
  if (status === 403 && (known.hasRetryAfter || !isPlain))
    return ['TOKEN_UNAVAILABLE', 'a proxy or a firewall may have stopped the request: try again later']
  if (status === 407) return ['TOKEN_MALFORMED', 'a proxy asks for credentials']
  // Some servers use other names than the standard, but then the status must say that it is an error.
  const isOther = [400, 402, 409, 422].includes(status) && isPlain && `${error}${description}` !== ''
  // With these statuses, most servers say that nothing is at that URL.
  const isNamed = known.isNamed && (![404, 405, 406, 410, 415].includes(status) || /^[a-z]+(_[a-z]+)*$/.test(error))
  if (isNamed || status === 401 || status === 403 || isOther)
    return ['TOKEN_REFUSED', refusalAdvice.get(error) ?? (status === 401 ? wrongCredential : checkClient)]
  if (known.isCut) return ['TOKEN_MALFORMED', 'more than 1 MB']
  if (status < 200 || status > 299) return ['TOKEN_MALFORMED', 'neither a success nor an OAuth error']
  const { access_token, token_type } = members ?? {}
  if (!isText(access_token)) return ['TOKEN_MALFORMED', 'neither a token nor an OAuth error']
  if (isBearer(token_type, known)) return ['TOKEN_MALFORMED', 'an access_token that no header can hold']
  return ['TOKEN_MALFORMED', 'a token_type other than bearer, and not one of tokenTypes']
}

/** The statuses that ask for another attempt. Some gateways answer 525, 526 and 530 themselves. */
const isTransientStatus = (status: number) => status === 408 || status === 429 || status >= 500

/** The errors of RFC 6749 §4.1.2.1 that the client did not cause. */
const transientErrors = new Set(['temporarily_unavailable', 'server_error'])

/** The usual words for too many requests. Some servers use them with another status than 429. */
const anyRateLimit =
  /rate.?(limit|exceeded)|too.?many.?(requests|tokens|calls|attempts)|throttl(ed|ing)|quota.{0,9}exceeded|exceed.{0,20}quota|slow.?down|limit.{0,10}(exceeded|reached)/i

/** Those that also count if there is an error of the standard: it can be about another limit, such as the uses of a token. */
const plainRateLimit = /rate.?(limit|exceeded)|too.?many.?(requests|calls)/i

/** What to do about statuses that do not pass by themselves: Cloudflare answers with them in place of the server. */
const unavailableAdvice = new Map([
  [525, 'the TLS connection behind its proxy failed: its operator must act'],
  [526, 'its certificate is not trusted by its proxy: its operator must act'],
  [530, 'its proxy does not know its host name: check the URL'],
])

/** What to do about any other refusal. */
const checkClient = "check the client's credentials and settings at the provider"

/** What to do about a 401, which can have no more than that status. */
const wrongCredential = 'check clientId and its credential: they can be wrong, swapped, or those of another environment'

/** What to do about the errors of RFC 6749 §5.2 and RFC 8707 §2. */
const refusalAdvice = new Map([
  ['invalid_client', wrongCredential],
  ['unauthorized_client', 'check which grants the provider allows for this client'],
  ['unsupported_grant_type', 'check which grants the provider allows for this client'],
  ['access_denied', 'check what the provider allows for this client'],
  ['invalid_grant', 'the code, refresh token or assertion has ended, was used already, or belongs to another client'],
  ['invalid_scope', 'check the option scope, and the scopes of the client at the provider'],
  ['invalid_target', 'check the option resource'],
  ['invalid_request', 'check the options scope, resource and parameters'],
])

/** Keeps the characters that RFC 6749 §5.2 allows, and few enough of them for a line in a log. */
const printable = (text: string) => text.replaceAll(/[^\x20-\x7E]+/g, ' ').slice(0, 300)

/** Names a difference of the clocks that can be the cause: assertions and certificates have dates. */
function clockHint(headers: Headers): string {
  const serverTime = parseHttpDate(headers.get('date') ?? '')
  const seconds = serverTime === undefined ? 0 : Math.round((Date.now() - serverTime) / 1000)
  if (Math.abs(seconds) <= 30) return ''
  return `; this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the server's: set it`
}
