import type { Answer, Members } from './call-endpoint.ts'
import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'

const maxBytes = 1_048_576

/** Translates the members of an answer into the names of the standard. */
export type Translate = NonNullable<Provider['readTokenResponse']>

/**
 * Reads an endpoint's answer, and returns its members if it is a success.
 *
 * @param isGood - whether these are the members of a success.
 * @param translate - the provider's function for answers with names of its own.
 * @throws {@link OAuthError} for any other answer. See `describeAnswer`.
 */
export async function readAnswer(
  { response, fail }: Answer,
  isGood: (members: Members) => boolean = () => true,
  translate: Translate = (members) => members,
): Promise<Members> {
  // The status alone says that it is no success. The code that is loaded then reads the body.
  if (!response.ok) throw await fail({ response, translate })
  const { text, cut } = await readText(response, maxBytes)
  const members = cut ? undefined : await translateText(text, response.status, translate)
  if (members && !isText(members['error']) && isGood(members)) return members
  throw await fail({ response, translate, text, isCut: cut })
}

/** Parses and translates a body. Returns `undefined` if the translation failed. */
export const translateText = async (text: string, status: number, translate: Translate): Promise<Members | undefined> =>
  objectFrom(async () => translate((await objectFrom(() => JSON.parse(text))) ?? {}, status))

/** Whether a value is a non-empty string. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * Returns the own members of the object that `make` returns. `undefined` if it returns something else, or throws. The
 * copy has no prototype, so that a polluted one adds no member.
 */
export async function objectFrom(make: () => unknown): Promise<Members | undefined> {
  try {
    const value = await make()
    return typeof value === 'object' && value && !Array.isArray(value) ? { __proto__: null, ...value } : undefined
  } catch {
    // The error can hold any text, such as the token, so it is not passed on.
    return undefined
  }
}
