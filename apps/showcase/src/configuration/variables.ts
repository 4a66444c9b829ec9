import * as v from 'valibot'

/** The variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads and checks variables. A variable that is empty counts as not set.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function readVariables<Entries extends v.ObjectEntries>(
  entries: Entries,
  env: Environment,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { success, issues, output } = v.safeParse(v.object(entries), given, { abortEarly: true })
  if (success) return output
  const [issue] = issues
  throw new TypeError(`${v.getDotPath(issue)} ${issue.message}`)
}

/** A text. */
export const text = v.optional(v.string())

/** A whole number. */
export const count = (from: number, to: number) =>
  v.pipe(
    v.string(),
    v.check(
      (given) => /^\d+$/.test(given) && Number(given) >= from && Number(given) <= to,
      ({ input }) => `must be a number from ${from} to ${to}, not ${JSON.stringify(input)}`,
    ),
    v.transform(Number),
  )

/** One of several words. */
export const choice = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  v.picklist(words, ({ input }) => `must be one of ${words.join(', ')}, not ${JSON.stringify(input)}`)

/** Several texts, with commas between them. */
export const list = v.pipe(
  v.string(),
  v.transform((given) => given.split(',').map((part) => part.trim())),
)

/** The origin of a server, such as `https://app.example`. The messages do not repeat it, because it can hold a password. */
export const origin = v.pipe(
  v.string(),
  v.check(
    (given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol),
    'must be an absolute URL, such as https://app.example',
  ),
  v.transform((given) => new URL(given)),
  v.check(({ username, password }) => !username && !password, 'must not hold a user name or password'),
  v.check((url) => url.href === `${url.origin}/`, 'must be an origin only, without a path, ? or #'),
  v.check(
    ({ protocol, hostname }) => protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname),
    'must be https:, because http: is for loopback only',
  ),
  v.transform((url) => url.origin),
)
