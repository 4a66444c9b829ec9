import type { CryptoKey, JWK } from 'jose'
import { checkAlgorithm, demands, type SigningAlgorithm } from './algorithms.ts'

/**
 * A private key: PEM with `PRIVATE KEY` in its first line (PKCS#8; line breaks can be written as `\n`), a JWK (object
 * or JSON), or a `CryptoKey` with the usage `sign`. PEM and JSON can also be in base64, as secrets of CI systems often are.
 */
export type SigningKey = string | JWK | CryptoKey

/** A key that was checked as far as that is possible without an import. */
export type CheckedKey = {
  /** The algorithm to sign with. */
  readonly algorithm: SigningAlgorithm
  /** The JWK's own id, if it has one. */
  readonly keyId: string | undefined
  /** Imports the key. Throws a `TypeError` if it does not fit the algorithm. */
  readonly load: () => Promise<CryptoKey>
  /** Returns a text that is different for each key. */
  readonly fingerprint: () => string
}

/**
 * Checks a key before it signs anything.
 *
 * @throws `TypeError` if the key is wrong. The error says what is wrong, and shows nothing of the key.
 */
export function checkKey(key: SigningKey, wanted: SigningAlgorithm | undefined): CheckedKey {
  const parsed = typeof key === 'string' ? parse(decode(key.trim())) : key
  const isPem = typeof parsed === 'string'
  if (!isPem) checkObject(parsed)
  const jwk = !isPem && 'kty' in parsed ? parsed : undefined
  const algorithm = checkAlgorithm(wanted ?? (jwk?.alg as SigningAlgorithm | undefined) ?? 'RS256')

  const load = async () => {
    const loaded = await importKey(parsed, algorithm)
    checkCryptoKey(loaded, algorithm)
    return loaded
  }
  // The line breaks of PEM and the order of a JWK's members make no difference.
  if (isPem) return { algorithm, keyId: undefined, load, fingerprint: () => parsed.replaceAll(/\s/g, '') }
  if (jwk) {
    checkJwk(jwk, algorithm)
    const members = Object.entries(jwk).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return { algorithm, keyId: jwk.kid, load, fingerprint: () => JSON.stringify(members) }
  }
  checkCryptoKey(parsed as CryptoKey, algorithm)
  return { algorithm, keyId: undefined, load, fingerprint: () => idOf(parsed) }
}

function refuse(what: string): never {
  throw new TypeError(`the private key ${what}`)
}

const noKey = "is neither PEM nor a JWK nor a CryptoKey: give a file's content, not its path"

const isPublic = 'is a public key: assertions are signed with the private one'

/** The labels of PEM files that hold no key of the right format, each with its message. */
const labels: Readonly<Record<string, string>> = {
  'RSA PRIVATE KEY': 'is PKCS#1: convert it to PKCS#8 with openssl pkcs8 -topk8 -nocrypt -in key.pem',
  'EC PRIVATE KEY': 'is SEC 1: convert it to PKCS#8 with openssl pkcs8 -topk8 -nocrypt -in key.pem',
  'ENCRYPTED PRIVATE KEY': 'has a pass phrase: remove it with openssl pkcs8 -topk8 -nocrypt -in key.pem',
  'OPENSSH PRIVATE KEY':
    'is in the format of OpenSSH: convert a copy of it to PKCS#8 with ssh-keygen -p -m PKCS8 -f copy',
  'PUBLIC KEY': isPublic,
  'RSA PUBLIC KEY': isPublic,
  CERTIFICATE: 'is a certificate: assertions are signed with the private key that belongs to it',
}

/** Decodes PEM or JSON in base64. Returns any other text unchanged. */
function decode(text: string): string {
  if (!/^[\w+/\s-]{16,}={0,2}$/.test(text) || text.startsWith('-----')) return text
  if (text.startsWith('MII')) return refuse('is PEM without its first and its last line: give the whole file')
  try {
    const decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/')).trim()
    return decoded.startsWith('{') || decoded.includes('-----BEGIN ') ? decoded : text
  } catch {
    return text
  }
}

function parse(text: string): string | JWK {
  if (text === '') return refuse('is empty')
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text) as JWK
    } catch {
      // Its message would show some of the key.
      return refuse('looks like a JWK, but is not JSON')
    }
  }
  // A file can have other blocks before the key, such as the parameters of a curve.
  const found = Array.from(text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g), ([, label = '']) => label)
  if (found.includes('PRIVATE KEY')) {
    const [, pem] = /(-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----)/s.exec(text) ?? []
    return (
      pem?.replaceAll(String.raw`\r`, '').replaceAll(String.raw`\n`, '\n') ?? refuse('is cut off: it has no last line')
    )
  }
  return refuse(found.map((label) => labels[label]).find((hint) => hint !== undefined) ?? noKey)
}

/** Refuses values that callers often give instead of a key. The message says what to do. */
function checkObject(value: unknown): asserts value is JWK | CryptoKey {
  if (value === undefined || value === null) refuse('is missing: give PEM, a JWK or a CryptoKey')
  if (typeof value === 'function') refuse('is a function that returns a function: it must return the key')
  if (ArrayBuffer.isView(value)) refuse("is bytes: read the file as text, in Node with readFileSync(path, 'utf8')")
  if (typeof value !== 'object') refuse(noKey)
  if ('keys' in value) refuse('is a set of keys: give one of them')
  if ('asymmetricKeyType' in value) refuse("is a KeyObject: give key.export({ type: 'pkcs8', format: 'pem' })")
}

/** The members of an RSA key. Web Cryptography imports no key that lacks one of them. See RFC 7518 §6.3. */
const rsaMembers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

function checkJwk(jwk: JWK, algorithm: SigningAlgorithm): void {
  const { what, kty, curve } = demands[algorithm]
  if (jwk.kty === 'oct') refuse('is a shared secret: assertions are signed with a private key')
  if (jwk.kty !== kty || (curve && jwk.crv !== curve)) refuse(`does not fit: ${algorithm} needs ${what}`)
  if (typeof jwk.d !== 'string' || jwk.d === '') refuse(`${isPublic}, which has a member d`)
  const missing = rsaMembers.filter((member) => kty === 'RSA' && !jwk[member])
  if (missing.length > 0) refuse(`is incomplete: it has no ${missing.join(', ')}`)
  // See RFC 7517 §4.2 to §4.4.
  if (jwk.alg !== undefined && jwk.alg !== algorithm) refuse(`is for ${printable(jwk.alg)}, not for ${algorithm}`)
  if (jwk.use !== undefined && jwk.use !== 'sig') refuse('is not for signatures: its use is not sig')
  if (jwk.key_ops && !jwk.key_ops.includes('sign')) refuse('cannot sign: its key_ops lack sign')
}

const printable = (value: unknown) =>
  String(value)
    .replaceAll(/[^\w-]/g, '')
    .slice(0, 20)

function checkCryptoKey(key: CryptoKey, algorithm: SigningAlgorithm): void {
  const { what, name, curve, hash } = demands[algorithm]
  if (typeof key.algorithm !== 'object' || !Array.isArray(key.usages)) refuse(noKey)
  const own = key.algorithm as { name: string; namedCurve?: string; hash?: { name: string }; modulusLength?: number }
  if (key.type === 'public') refuse(isPublic)
  if (own.name !== name || (own.namedCurve ?? curve) !== curve || (own.hash?.name ?? hash) !== hash)
    refuse(`does not fit: ${algorithm} needs ${what}`)
  if (!key.usages.includes('sign')) refuse("cannot sign: import it with the usage 'sign'")
  const bits = own.modulusLength ?? 2048
  if (bits < 2048) refuse(`is too short: ${bits} bits, where ${algorithm} needs 2048 or more`)
}

async function importKey(key: string | JWK | CryptoKey, algorithm: SigningAlgorithm): Promise<CryptoKey> {
  const { importJWK, importPKCS8 } = await import('jose')
  try {
    if (typeof key === 'string') return await importPKCS8(key, algorithm)
    return 'kty' in key ? ((await importJWK(key, algorithm)) as CryptoKey) : (key as CryptoKey)
  } catch {
    // The platform's own message could show something of the key.
    return refuse(`is damaged, or is not what ${algorithm} needs: ${demands[algorithm].what}`)
  }
}

/** Random ids, because most CryptoKeys cannot be exported, and so cannot be compared. */
const ids = new WeakMap<object, string>()

function idOf(key: object): string {
  const id = ids.get(key) ?? crypto.randomUUID()
  ids.set(key, id)
  return id
}
