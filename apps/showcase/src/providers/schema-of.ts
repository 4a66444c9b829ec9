import type { StandardSchemaV1 } from 'ky'

/** Makes what ky checks an answer by; a schema made with zod or valibot fits in its place. */
export const schemaOf = <T>(what: string, isIt: (value: unknown) => value is T): StandardSchemaV1<unknown, T> => ({
  '~standard': {
    version: 1,
    vendor: 'oauthkit-sample',
    validate: (value) => (isIt(value) ? { value } : { issues: [{ message: `not ${what}` }] }),
  },
})

/** Says whether a value is an object that has these members, all of them texts or numbers. */
export const hasMembers = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => ['string', 'number'].includes(typeof (value as Record<string, unknown>)[name]))
