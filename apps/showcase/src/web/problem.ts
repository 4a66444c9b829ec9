import type { Html } from '../pages/html.ts'

/** Why a request failed, in words for the visitor. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** The HTTP status of the response. */
  readonly status: number
  /** What happened, as a title. */
  readonly title: string
  /** What to do next, on a page. @defaultValue A link to the first page */
  readonly action: Html | undefined
  /** How long to wait before the next attempt, in seconds. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    status: number,
    title: string,
    text: string,
    { action, retryAfterSeconds }: { action?: Html | undefined; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(text)
    this.status = status
    this.title = title
    this.action = action
    this.retryAfterSeconds = retryAfterSeconds
  }
}
