import type { Failure, SentRequest } from '../endpoint/call-endpoint.ts'
import { describeAnswer } from './describe-answer.ts'
import { describeLost } from './describe-lost.ts'
import { describePreparation } from './describe-preparation.ts'
import { createRedactor } from './redactor.ts'

/** When the requests failed, in milliseconds since the epoch. */
export const failedAtOf: WeakMap<Error, number> = /* @__PURE__ */ new WeakMap()

/**
 * Makes the error of a failed request. It shows no secret of the request, even if a server or a function repeats it.
 *
 * @param failedAt - when the request failed. To load this code, and to read the body of the answer, takes time after that.
 */
export async function describeFailure(request: SentRequest, failure: Failure, failedAt: number): Promise<Error> {
  const error = await describe(request, failure)
  failedAtOf.set(error, failedAt)
  return error
}

async function describe(request: SentRequest, failure: Failure): Promise<Error> {
  const secrets = secretsOf(request)
  if (failure.step === 'answer') return describeAnswer(request, failure, secrets)
  const redact = createRedactor(secrets)
  const describeError = failure.step === 'preparation' ? describePreparation : describeLost
  return describeError(request, failure.error, redact)
}

/** Returns everything in a request that can be a secret. */
function secretsOf({ form, headers, clientSecret }: SentRequest): readonly (string | undefined)[] {
  const values = [...form].flatMap(([name, value]) => (shownParameters.test(name) ? [] : [value]))
  const set = [...headers].flatMap(([name, value]) =>
    shownHeaders.has(name) ? [] : [value, value.split(' ').at(-1) ?? ''],
  )
  // A value of a few characters can be a common word, which must not be removed from messages.
  return [clientSecret, ...[...values, ...set].filter(({ length }) => length >= 4)]
}

/** The parameters whose values are not secret. */
const shownParameters = /^(scope|resource|audience|client_id|\w+_(type|uri)|token_type_hint)$/

/** The headers whose values are not secret. */
const shownHeaders = new Set(['accept', 'content-type', 'x-request-id'])
