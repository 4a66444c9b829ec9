import type { Members } from '../endpoint/call-endpoint.ts'
import { isText } from '../endpoint/read-answer.ts'

/** What an answer says, in the words of the standard. */
export type Said = {
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
 */
export function readSaid(members: Members | undefined, text: string, { headers, ok }: Response): Said {
  const levels = levelsOf(members ?? formMembers(text) ?? challengeMembers(headers))
  const find = (names: readonly string[], isRight: (value: unknown) => value is string) => {
    for (const name of names) {
      const value = levels.map((level) => level.get(name)).find(isRight)
      if (value !== undefined) return value
    }
    return undefined
  }
  const standard = levels[0]?.get('error')
  const isStandard = isText(standard) && !isText(levels[0]?.get('errorcode'))
  const named = isStandard ? standard : find(['errorcode', 'error'], isCode)
  const error = named ?? find(['code', 'type'], isCode)
  const other = (value: unknown): value is string => isText(value) && value !== error
  return {
    error,
    description: find(descriptions, other) ?? (members ? undefined : pageText(text, ok)),
    isNamed: named !== undefined,
  }
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
  'msg',
  'faultstring',
  'reason',
  'title',
  'error',
]

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
const isCode = (value: unknown): value is string => typeof value === 'string' && /^[\w.-]{1,80}$/.test(value)

/** Reads a form, as some servers answer. */
const formMembers = (text: string): Members | undefined =>
  /^\w+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined

/** Reads the parameters of the challenges. See RFC 6750 §3. */
const challengeMembers = (headers: Headers): Members =>
  Object.fromEntries(
    [
      ...(headers.get('www-authenticate') ?? '').matchAll(
        /\b(error(?:_description)?)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi,
      ),
    ].map(([, name = '', quoted, token]) => [name, quoted ?? token]),
  )

/** Returns the title of a page, else its text. The text of a success, and JSON that is cut off, can be a token. */
function pageText(text: string, isSuccess: boolean): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]
  if (title === undefined && (isSuccess || /^\s*["[{]/.test(text))) return undefined
  const words = (title ?? text.replaceAll(/<(style|script)[^]*?<\/\1>|<[^>]*>/gi, ' ')).replaceAll(/\s+/g, ' ').trim()
  return words === '' ? undefined : words.slice(0, 100)
}
