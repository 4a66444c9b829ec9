import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { refreshToken } from '../../src/index.ts'
import { serve } from '../serve.ts'
import { errorOf, provider, sourceOver, tokenEndpoint } from '../support.ts'

/** An error as Node throws it: its cause has the code. */
const node = (code: string, message = code) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) })
/** Bun has the code in the error itself. */
const bun = (code: string, message = code) => Object.assign(new TypeError(message), { code })
/** Deno has no codes: the message of the cause says it. */
const deno = (message: string) =>
  new TypeError('fetch failed', {
    cause: new Error(`error sending request for url (https://certs.example/token): client error (Connect): ${message}`),
  })
const named = (name: string, message: string) => Object.assign(new Error(message), { name })
const workers = (message: string) => new Error(message)
const browser = (message: string) => new TypeError(message)

const causes: [advice: string, errors: [platform: string, error: Error][]][] = [
  [
    'this program may not use the network: allow it, such as by --allow-net on Deno',
    [
      ['Deno', named('NotCapable', 'Requires net access to "id.example:443", run again with the --allow-net flag')],
      ['Deno 1', named('PermissionDenied', 'Requires net access')],
      ['Node', node('ERR_ACCESS_DENIED')],
      ['Linux', node('EACCES')],
      ['Linux with a firewall', node('EPERM')],
    ],
  ],
  [
    'it refuses the certificate of this client: give a fetch with the right client certificate',
    [
      ['Node', node('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')],
      ['Node', node('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE')],
      ['Node', node('ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED')],
      ['Node', node('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA')],
      ['Deno', deno('received fatal alert: CertificateRequired')],
    ],
  ],
  [
    'the proxy refused: check its URL and its credentials, such as in HTTPS_PROXY',
    [
      [
        'Node',
        new TypeError('fetch failed', { cause: Object.assign(new Error('Request was cancelled.'), { code: 0 }) }),
      ],
      ['Bun', bun('ERR_PROXY_TUNNEL')],
      ['Deno', deno('proxy authentication required')],
      ['Deno', deno('unsuccessful tunnel')],
    ],
  ],
  [
    'what listens there does not speak HTTP: check the scheme and the port of the URL',
    [
      [
        'Node',
        new TypeError('fetch failed', {
          cause: named('HTTPParserError', 'Response does not match the HTTP/1.1 protocol'),
        }),
      ],
      ['Bun', bun('Malformed_HTTP_Response')],
      ['Deno', deno('invalid HTTP version parsed')],
    ],
  ],
  [
    "its certificate is not valid at this machine's time: check the clock, and the certificate",
    [
      ['Node', node('CERT_HAS_EXPIRED')],
      ['Bun', bun('CERT_NOT_YET_VALID')],
      ['Deno', deno('invalid peer certificate: certificate expired: verification time 1796000000 (UNIX)')],
      ['Deno too early', deno('invalid peer certificate: certificate not valid yet: verification time 1 (UNIX)')],
    ],
  ],
  [
    'its certificate is for another host: check the URL, and any proxy in front of it',
    [
      ['Node', node('ERR_TLS_CERT_ALTNAME_INVALID')],
      ['Bun', bun('ERR_TLS_CERT_ALTNAME_INVALID')],
      ['Node', node('HOSTNAME_MISMATCH')],
      ['Deno', deno('invalid peer certificate: certificate not valid for name "id.example"')],
    ],
  ],
  [
    'its certificate is not trusted: give a fetch that knows its certificate authority, or set NODE_EXTRA_CA_CERTS on Node and Bun, DENO_CERT on Deno',
    [
      ...[
        'SELF_SIGNED_CERT_IN_CHAIN',
        'DEPTH_ZERO_SELF_SIGNED_CERT',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'UNABLE_TO_GET_ISSUER_CERT',
        'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
        'CERT_UNTRUSTED',
        'CERT_REVOKED',
        'CERT_SIGNATURE_FAILURE',
        'INVALID_CA',
        'INVALID_PURPOSE',
        'EE_KEY_TOO_SMALL',
        'CA_MD_TOO_WEAK',
        'UNABLE_TO_GET_CRL',
      ].flatMap((code): [string, Error][] => [
        ['Node', node(code)],
        ['Bun', bun(code)],
      ]),
      ['Bun', bun('UNKNOWN_CERTIFICATE_VERIFICATION_ERROR')],
      ['Deno', deno('invalid peer certificate: UnknownIssuer')],
      ['Deno self-signed', deno('invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))')],
      ['Workers', workers("TLS peer's certificate is not trusted; reason = self signed certificate")],
    ],
  ],
  [
    'TLS failed: check the scheme and the port of the URL, and any proxy in front of it',
    [
      ['Node', node('ERR_SSL_WRONG_VERSION_NUMBER')],
      ['Bun', bun('EPROTO', 'EPROTO: The TLS handshake failed.')],
      ['Deno', deno('received corrupt message of type InvalidContentType')],
    ],
  ],
  [
    'its host name is not known: check the URL, the name server, and whether a proxy is needed',
    [
      ['Node', node('ENOTFOUND', 'getaddrinfo ENOTFOUND certs.example')],
      ['Bun', bun('ENOTFOUND')],
      ['Deno', deno('dns error: failed to lookup address information: Name or service not known')],
    ],
  ],
  [
    'no server listens there: check the URL, or try again later',
    [
      ['Node', node('ECONNREFUSED')],
      [
        'Node, of several addresses',
        new TypeError('fetch failed', { cause: new AggregateError([node('ECONNREFUSED')]) }),
      ],
      ['Bun', bun('ECONNREFUSED')],
      ['Bun 1.1', bun('ConnectionRefused')],
      ['Deno', deno('tcp connect error: Connection refused (os error 111)')],
    ],
  ],
  [
    'the network does not lead there: check the connection and any proxy, or try again later',
    [
      ['Node', node('ENETUNREACH')],
      ['Bun', bun('EHOSTUNREACH')],
      ['Deno', deno('tcp connect error: Network is unreachable (os error 101)')],
    ],
  ],
  [
    'the platform does not send requests to that port: check the URL',
    [
      ['Node', new TypeError('fetch failed', { cause: new Error('bad port') })],
      ['Deno', new TypeError('Fetch failed: Requests to port 9 are blocked')],
    ],
  ],
  [
    'try again later. In a browser, the server must also allow this origin (CORS)',
    [
      ['Chromium', browser('Failed to fetch')],
      ['Firefox', browser('NetworkError when attempting to fetch resource.')],
      ['Safari', browser('Load failed')],
    ],
  ],
  [
    'try again later',
    [
      ['Node', node('ECONNRESET')],
      ['Node with a closed socket', node('UND_ERR_SOCKET')],
      ['Node without a connection', node('UND_ERR_CONNECT_TIMEOUT')],
      ['Node without a name server', node('EAI_AGAIN')],
      ['Deno', deno('Connection reset by peer (os error 104)')],
      ['Deno without a name server', deno('dns error: Temporary failure in name resolution')],
      ['Workers', workers('Network connection lost.')],
      ['Workers', workers('internal error; reference = 7o53kbkno4qskqjpi8cv4nlm')],
      ['a fetch of its own', new Error('socket hang up')],
      ['no error', 'CERT_HAS_EXPIRED' as unknown as Error],
    ],
  ],
]

const each = causes.flatMap(([advice, errors]) =>
  errors.map(([platform, error]) => ({ advice, platform, error, says: error.message })),
)

/** Causes that pass by themselves are bridged. */
const isBridged = (advice: string) => /again later|host name/.test(advice)

afterEach(() => void vi.useRealTimers())

test.each(each)('the advice fits the cause on $platform: $says', async ({ advice, error }) => {
  vi.useFakeTimers()
  const endpoint = tokenEndpoint(error, error, error)
  const failed = errorOf(sourceOver(endpoint).getToken())
  await vi.advanceTimersByTimeAsync(1000)
  const failure = await failed
  expect(failure).toMatchObject({ name: 'OAuthError', code: 'TOKEN_UNAVAILABLE' })
  expect(failure).not.toHaveProperty('cause')
  expect(String(failure).replace(/\(\w+( reason)?\)/, '(…)')).toBe(
    `OAuthError: example: the tokenEndpoint did not answer (…): ${advice}`,
  )
  expect(endpoint.requests).toHaveLength(isBridged(advice) ? 3 : 1)
})

const certificate = (name: string) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url))

async function serveTls() {
  const server = createServer({ key: certificate('key'), cert: certificate('untrusted') }, (_request, response) => {
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return `localhost:${(server.address() as AddressInfo).port}`
}

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await new Promise((resolve) => server.close(resolve))
  }
})

const sourceAt = (origin: string) =>
  sourceOver({ fetch: globalThis.fetch }, { provider: { ...provider, tokenEndpoint: `${origin}/token` } })

test.each<[what: string, origin: () => Promise<string>, advice: string]>([
  ['an untrusted certificate', async () => `https://${await serveTls()}`, 'its certificate is not trusted'],
  [
    'a server without TLS',
    async () => (await serve((_request, response) => void response.end('{}'))).url.replace('http:', 'https:'),
    'TLS failed',
  ],
  [
    'a port without a server',
    async () => {
      const { url, stop } = await serve(() => {})
      await stop()
      return url
    },
    'no server listens there',
  ],
])('on this platform, the advice fits %s', async (_what, origin, advice) => {
  const error = await errorOf(sourceAt(await origin()).getToken())
  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining(`): ${advice}`) })
})

test.each(each)(
  'a refresh token is sent again only if the platform says that it was not sent: $platform: $says',
  async ({ advice, error }) => {
    vi.useFakeTimers()
    const endpoint = tokenEndpoint(error)
    const result = sourceOver(endpoint, { grant: refreshToken('refresh-1') })
      .getToken()
      .catch((failure: unknown) => failure)
    await vi.advanceTimersByTimeAsync(1000)
    await result
    const isUnsent =
      /no server listens|host name/.test(advice) ||
      /EAI_AGAIN|CONNECT_TIMEOUT|dns/.test(`${error.message} ${String((error.cause as Error | undefined)?.message)}`)
    expect(endpoint.requests).toHaveLength(isUnsent ? 2 : 1)
  },
)
