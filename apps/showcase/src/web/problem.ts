import type { Html } from '../pages/html.ts'

/** What kept a request from its answer, in words for whoever sent it. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** The HTTP status of the answer. */
  readonly status: number
  /** What happened, as a headline. */
  readonly title: string
  /** What to do next, on a page. @defaultValue A link to the first page. */
  readonly action: Html | undefined
  /** How long to wait before trying again, in seconds. */
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
