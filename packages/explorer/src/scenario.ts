/** What a process does in a scenario. */
export type Action =
  /** Asks for a token. */
  | 'get'
  /** Asks for another token than the one that it has, because an API rejected that. */
  | 'reject'
  /** Sets the token of a new login. */
  | 'sign in'
  /** Clears the token. */
  | 'log out'

/** What the processes start with, and what they do. */
export type Scenario = {
  readonly name: string
  /** `redis`: the store of the package, over the model of Redis. `plain`: a store without `lock` and `replace`. */
  readonly store?: 'redis' | 'plain'
  /** The token at the start: a `dead` one is expired, and the server has ended its login. If it is `fresh` or `ageing`, all processes have it in memory. */
  readonly token: 'expired' | 'ageing' | 'fresh' | 'none' | 'dead'
  /** What each process does, for which user: lists of calls one after the other. The user `application` needs no sign-in. */
  readonly processes: readonly { readonly user: string; readonly calls: readonly (readonly Action[])[] }[]
  /** Whether the entry of the store expires at some time. */
  readonly expires?: boolean
  /** The text of a lock that never ends. */
  readonly lock?: string
  /** What happens to each lock of the store: it is lost at once, or refused. */
  readonly locks?: 'lost' | 'refused'
  /** Whether the server has ended the login. */
  readonly isEnded?: boolean
  /** Whether the server refuses a refresh token that was redeemed before, but does not end the login. */
  readonly forgives?: boolean
}

/** A process of one user: lists of calls, of which each begins after the one before. */
const user = (...calls: readonly (readonly Action[])[]) => ({ user: 'ada', calls })
const application = { user: 'application', calls: [['get']] } as const

export const scenarios: readonly Scenario[] = [
  { name: 'renewal × renewal', token: 'expired', processes: [user(['get']), user(['get'])] },
  { name: 'renewal × sign-in', token: 'expired', processes: [user(['get']), user(['sign in'])] },
  { name: 'renewal × log-out', token: 'expired', processes: [user(['get']), user(['log out'])] },
  { name: 'renewal × rejection', token: 'ageing', processes: [user(['get']), user(['reject'])] },
  { name: 'renewal × expiry of the entry', token: 'expired', processes: [user(['get']), user(['get'])], expires: true },
  { name: 'rejection × rejection', token: 'fresh', processes: [user(['reject']), user(['reject'])] },
  { name: 'two renewals × renewal', token: 'expired', processes: [user(['get', 'reject']), user(['get'])] },
  { name: 'two renewals, in one process', token: 'expired', processes: [user(['get', 'reject', 'get'])] },
  { name: 'at a server that forgives', token: 'expired', forgives: true, processes: [user(['get']), user(['get'])] },
  { name: 'renewal × sign-in, in one process', token: 'expired', processes: [user(['get'], ['sign in'])] },
  { name: 'renewal × log-out, in one process', token: 'expired', processes: [user(['get'], ['log out'])] },
  {
    name: 'sign-in and log-out × renewal',
    token: 'expired',
    processes: [user(['sign in', 'log out', 'get']), user(['get'])],
  },
  { name: 'of two users', token: 'expired', processes: [user(['get']), { user: 'bob', calls: [['get']] }] },
  { name: "of an application's token", token: 'none', processes: [application, application] },
  {
    name: 'of a grant that can start over',
    token: 'expired',
    processes: [
      { user: 'robot', calls: [['get']] },
      { user: 'robot', calls: [['get']] },
    ],
  },
  { name: 'of a login that the server has ended', token: 'dead', processes: [user(['get', 'get']), user(['get'])] },
  {
    name: 'of a login that the server has ended × sign-in',
    token: 'dead',
    processes: [user(['get']), user(['sign in'])],
  },
  {
    name: 'with a lock that no process holds',
    token: 'expired',
    lock: 'another',
    processes: [user(['get']), user(['get'])],
  },
  {
    name: 'of a login that the server has ended, while its token lasts',
    token: 'fresh',
    isEnded: true,
    processes: [user(['reject', 'get'])],
  },
  {
    name: "of an application's token, if each lock is lost",
    token: 'none',
    locks: 'lost',
    processes: [application, application],
  },
  {
    name: 'if each lock is refused',
    token: 'expired',
    locks: 'refused',
    processes: [user(['get']), user(['get'])],
  },
  {
    name: 'without a lock, at a server that forgives',
    store: 'plain',
    token: 'expired',
    forgives: true,
    processes: [user(['get']), user(['get'])],
  },
  {
    name: 'two renewals, in one process, without a lock',
    store: 'plain',
    token: 'expired',
    processes: [user(['get', 'get', 'reject'])],
  },
  {
    name: 'renewal × sign-in, without a lock',
    store: 'plain',
    token: 'expired',
    processes: [user(['get']), user(['sign in'])],
  },
  {
    name: 'renewal × log-out, without a lock',
    store: 'plain',
    token: 'expired',
    processes: [user(['get']), user(['log out'])],
  },
]
