/** A retry or a time limit, as the picture and the table of the page show it. */
export type Limit = {
  /** What is limited. The first column of the table. */
  readonly what: string
  /** The time in words. The second column of the table. */
  readonly time: string
  /** The times, in milliseconds: the dots of the picture. */
  readonly dots: readonly number[]
  /** The end of a bar that begins at the first dot, in milliseconds. Absent if there is no bar. */
  readonly until?: number
}

const second = 1000
const minute = 60 * second

/** All limits with their defaults, by what they are about. A test compares them with the source. */
export const limits = {
  'A call': {
    attempt: { what: 'ky: one attempt', time: '10 s', dots: [10 * second] },
    attempts: { what: 'ky: the next attempts', time: 'after 0.3, 0.6 s', dots: [300, 600] },
    wait: { what: 'a call waits for a token', time: '9 s', dots: [9 * second] },
    stream: { what: 'the token for a stream lasts', time: '5 s', dots: [5 * second] },
  },
  'A token request': {
    bridge: { what: 'short failure: again', time: 'after 0.25, 1 s', dots: [250, second] },
    failure: { what: 'no valid token: again', time: 'each 1 s', dots: [second] },
    serving: {
      what: 'valid token: again',
      time: '1, 2, 4 … 30 s',
      dots: [1, 2, 4, 8, 16, 30].map((seconds) => seconds * second),
    },
    refused: {
      what: 'refused client: again',
      time: '1, 2, 4 … 60 s',
      dots: [1, 2, 4, 8, 16, 32, 60].map((seconds) => seconds * second),
    },
    retryAfter: { what: 'Retry-After of the server', time: '10 min at most', dots: [second], until: 10 * minute },
    issued: { what: '30 tokens at most', time: 'in 1 min', dots: [minute] },
  },
  'A token': {
    margin: { what: 'renewed before its end', time: '1.1 s to 5 min', dots: [1100], until: 5 * minute },
    forced: { what: 'rejected: 3 at once, then', time: '30 s to 1 h', dots: [30 * second], until: 60 * minute },
    answer: { what: 'answer to a refresh token', time: '1 min at most', dots: [second], until: minute },
  },
  'A store': {
    operation: { what: 'one operation of the store', time: '0.5 s', dots: [500] },
    patience: { what: 'an application waits for a lock', time: '2 s', dots: [2 * second] },
    lease: { what: 'the lock of a dead process', time: '5 s', dots: [5 * second] },
    held: { what: 'unsaved token: with a lock', time: 'each 0.25 s, 1 min', dots: [250], until: minute },
    unsaved: {
      what: 'unsaved token: with calls',
      time: 'after 1, 2, 4, 5 s',
      dots: [1, 2, 4, 5].map((seconds) => seconds * second),
    },
  },
  Clocks: {
    skew: { what: 'clock difference in messages', time: '30 s', dots: [30 * second] },
    tolerance: { what: 'clock difference in ID tokens', time: '30 s', dots: [30 * second] },
    backdating: { what: 'assertions are dated back', time: '30 s', dots: [30 * second] },
  },
} as const satisfies Record<string, Record<string, Limit>>
