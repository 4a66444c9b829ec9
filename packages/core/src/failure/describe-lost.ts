import type { SentRequest } from '../endpoint/call-endpoint.ts'
import { errorCode } from '../error-code.ts'
import { oauthError, type OAuthError } from '../errors.ts'
import type { Redact } from './redactor.ts'

/** A cause of a lost connection. */
type Cause = {
  /** The codes and names of its errors, and the words of their messages on platforms without codes. */
  readonly pattern: RegExp
  readonly advice: string
  /** Whether the platform says with it that nothing was sent. */
  readonly isUnsent?: boolean
  /** Whether it passes by itself. */
  readonly isTransient?: boolean
}

const tryLater = 'try again later'

/** The first one that fits counts. The names are those of Node, Bun, Deno, Workers and browsers. */
const causes: readonly Cause[] = [
  {
    pattern: /\b(NotCapable|PermissionDenied|ERR_ACCESS_DENIED|EACCES|EPERM)\b/,
    advice: 'this program may not use the network: allow it, such as by --allow-net on Deno',
  },
  {
    pattern:
      /ALERT_(NO_|BAD_|UNSUPPORTED_|UNKNOWN_)?(CERT|CA)|ALERT_CERTIFICATE|fatal alert: \w*Certificate|CERTIFICATE_REQUIRED/,
    advice: 'it refuses the certificate of this client: give a fetch with the right client certificate',
  },
  {
    pattern: /ERR_PROXY|ProxyConnect|proxy authentication|unsuccessful tunnel|Request was cancelled\.|Proxy response/i,
    advice: 'the proxy refused: check its URL and its credentials, such as in HTTPS_PROXY',
  },
  {
    pattern: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (has )?expired|certificate not valid yet/,
    advice: "its certificate is not valid at this machine's time: check the clock, and the certificate",
  },
  {
    pattern: /CERT_ALTNAME|HOSTNAME_MISMATCH|certificate not valid for name/,
    advice: 'its certificate is for another host: check the URL, and any proxy in front of it',
  },
  {
    pattern:
      /CERT_|_CERT|CERTIFICATE_|UNABLE_TO_(VERIFY|GET_CRL)|INVALID_(CA|PURPOSE)|EE_KEY_TOO_SMALL|CA_(MD|KEY)_TOO|invalid peer certificate|certificate is not trusted/,
    advice:
      'its certificate is not trusted: give a fetch that knows its certificate authority, or set NODE_EXTRA_CA_CERTS on Node and Bun, DENO_CERT on Deno',
  },
  {
    pattern: /ERR_SSL_|ERR_TLS_|EPROTO|InvalidContentType|TLS handshake/,
    advice: 'TLS failed: check the scheme and the port of the URL, and any proxy in front of it',
  },
  {
    pattern: /HTTPParserError|HPE_INVALID|Malformed_HTTP|invalid HTTP version/,
    advice: 'what listens there does not speak HTTP: check the scheme and the port of the URL',
  },
  {
    pattern: /EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|Temporary failure in name resolution/,
    advice: tryLater,
    isUnsent: true,
    isTransient: true,
  },
  {
    pattern: /ENOTFOUND|dns error|Name or service not known/,
    advice: 'its host name is not known: check the URL, the name server, and whether a proxy is needed',
    isUnsent: true,
    isTransient: true,
  },
  {
    pattern: /ECONNREFUSED|ConnectionRefused|Connection refused/,
    advice: 'no server listens there: check the URL, or try again later',
    isUnsent: true,
    isTransient: true,
  },
  {
    pattern: /ENETUNREACH|EHOSTUNREACH|unreachable|No route to host/,
    advice: 'the network does not lead there: check the connection and any proxy, or try again later',
    isTransient: true,
  },
  {
    pattern: /bad port|Requests to port \d+ are blocked/,
    advice: 'the platform does not send requests to that port: check the URL',
  },
  {
    pattern: /Failed to fetch|NetworkError when attempting|Load failed/,
    advice: `${tryLater}. In a browser, the server must also allow this origin (CORS)`,
    isTransient: true,
  },
]

const unknown: Cause = { pattern: /^/, advice: tryLater, isTransient: true }

/** The causes of the errors that `describeLost` made. */
export const lossOf: WeakMap<OAuthError, Cause> = /* @__PURE__ */ new WeakMap()

/** Makes the error of a request that got no answer, with advice that fits the cause. */
export function describeLost({ provider, endpoint }: SentRequest, error: unknown, redact: Redact): OAuthError {
  const cause = causeOf(error)
  const what = `the ${endpoint} did not answer (${redact(errorCode(error))}): ${cause.advice}`
  const lost = oauthError(provider.name, 'TOKEN_UNAVAILABLE', what)
  lossOf.set(lost, cause)
  return lost
}

/**
 * Returns what to do about a request that got no answer: a few words that fit the cause, such as an untrusted certificate,
 * a missing permission or an unknown host. They show nothing of the error.
 *
 * @param error - what `fetch` threw.
 * @example
 * ```ts
 * import { connectionAdvice } from '@oauthkit/core/plugin'
 *
 * const error = new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
 * console.log(connectionAdvice(error)) // no server listens there: check the URL, or try again later
 * ```
 */
export const connectionAdvice = (error: unknown): string => causeOf(error).advice

function causeOf(error: unknown): Cause {
  const text = textOf(error)
  return causes.find(({ pattern }) => pattern.test(text)) ?? unknown
}

/**
 * Returns the names, codes and messages of an error and its causes, without URLs. It is only searched, and never shown: a
 * fetch can put any data into its errors.
 */
function textOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || !error || depth > 3) return ''
  try {
    const { name, code, message, cause, errors } = error as Partial<AggregateError> & {
      code?: unknown
      cause?: unknown
    }
    const own = [name, code, message].filter((part) => typeof part === 'string').join(' ')
    const inner = [cause, ...(Array.isArray(errors) ? errors.slice(0, 4) : [])]
    return [own.replaceAll(/\S*:\/\/\S*/g, ''), ...inner.map((one) => textOf(one, depth + 1))].join(' ')
  } catch {
    // A getter can throw.
    return ''
  }
}
