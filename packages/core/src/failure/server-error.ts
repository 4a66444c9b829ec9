import type { Members } from '../endpoint/call-endpoint.ts'
import { isText } from '../endpoint/read-answer.ts'
import { readChallenges } from '../challenges.ts'

/** The error that an answer has, in the words of the standard. */
export type ServerError = {
  /** The error's code. */
  readonly error: string | undefined
  /** The description of the error. */
  readonly description: string | undefined
  /** Whether a member that is only for errors has that code. Other members, such as `code`, can also mean a success. */
  readonly isNamed: boolean
}

/**
 * Finds the error in an answer. RFC 6749 §5.2 names its members `error` and `error_description`, but servers and the
 * gateways in front of them use many other names: `ErrorCode` and `Error`, `errorSummary`, `fault.faultstring`, the
 * `title` and `detail` of RFC 9457, the parameters of a challenge, a form, a page.
 *
 * @param members - the members of a JSON answer.
 * @param text - the body, if it is not JSON.
 */
export function readServerError(members: Members | undefined, text: string, { headers, ok }: Response): ServerError {
  const form = members ?? formMembers(text)
  const given: Members = { __proto__: null, ...(form ?? challengeMembers(headers)) }
  const levels = levelsOf(given)
  const find = (names: readonly string[], read: (value: unknown) => string | undefined) =>
    names.flatMap((name) => levels.map((level) => read(level.get(name)))).find((value) => value !== undefined)
  const { error: standard } = given
  const named =
    (isCode(standard) ? standard : find(['errorcode'], codeOf)) ??
    (isText(standard) ? standard : find(['error'], codeOf))
  // In a success, a member such as `code`, or a text of one word, can be the token itself.
  const error = named ?? (ok ? undefined : find(['code', 'type'], codeOf))
  const described = find(descriptions, (value) => {
    const found = textOf(value)
    return found === error || (ok && named === undefined && !found?.includes(' ')) ? undefined : found
  })
  return { error, description: described ?? (form ? undefined : pageText(text, ok)), isNamed: named !== undefined }
}

/** The names of descriptions, without the difference between `error_description`, `errorDescription` and so on. */
const descriptions = [
  'errordescription',
  'errormessage',
  'errorsummary',
  'errordetail',
  'description',
  'detail',
  'message',
  'moreinformation',
  'httpmessage',
  'msg',
  'errmsg',
  'faultstring',
  'reason',
  'title',
  'error',
  'errors',
  'nonfielderrors',
]

/** Returns a text: the value itself, the first one of a list, or the one of an object with its language. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return textOf(value[0])
  const text: unknown = typeof value === 'object' && value ? { __proto__: null, ...value }['value' as never] : value
  return isText(text) ? text : undefined
}

/** The members that hold the error's own object, or a list of such objects. */
const containers = ['error', 'errors', 'fault', 'detail', 'data', 'response', 'result']

type Level = ReadonlyMap<string, unknown>

/** Returns the members of an object, then those of the objects in it that can hold the error. */
function levelsOf(members: Members, depth = 0): readonly Level[] {
  const level = new Map(
    Object.entries(members).map(([name, value]) => [name.toLowerCase().replaceAll(/[^a-z]/g, ''), value]),
  )
  if (depth > 2) return [level]
  const inner = containers.flatMap((name) => {
    const value: unknown = [level.get(name)].flat()[0]
    return typeof value === 'object' && value ? levelsOf(value as Members, depth + 1) : []
  })
  return [level, ...inner]
}

/** Whether a value can be a code. A text with spaces is a description, and the `type` of RFC 9457 is a URL. */
const isCode = (value: unknown): value is string => typeof value === 'string' && /^[\w./-]{1,80}$/.test(value)

const codeOf = (value: unknown) => (isCode(value) ? value : undefined)

/** Reads a form, as some servers answer. */
const formMembers = (text: string): Members | undefined =>
  /^\w+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined

/** Reads the parameters of the challenges. See RFC 6750 §3. */
const challengeMembers = (headers: Headers): Members =>
  Object.fromEntries(readChallenges(headers.get('www-authenticate') ?? '').flatMap(({ parameters }) => parameters))

/** So much of a page is searched. */
const maxPage = 4000

/** Returns the title of a page, else its text. The text of a success, and JSON that is cut off, can be a token. */
function pageText(whole: string, isSuccess: boolean): string | undefined {
  const text = whole.slice(0, maxPage)
  const title = /<title[^<>]*>([^<]*)/i.exec(text)?.[1]
  if (title === undefined && (isSuccess || /^\s*["[{]/.test(text))) return undefined
  const words = title ?? text.replaceAll(/<(?:style|script)[^<>]*>[^<]*|<[^<>]*>/gi, ' ')
  const line = words.replaceAll(/\s+/g, ' ').trim()
  return line === '' ? undefined : line.slice(0, 100)
}
