import * as v from 'valibot'

/** A text in the response of an API, which can send it as a number. */
export const text = v.pipe(v.union([v.string(), v.number()]), v.transform(String))
