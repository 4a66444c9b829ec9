/** A token that the model has issued. */
export type Issued = {
  readonly user: string
  readonly login: number
  readonly process: number
  /** Whether the process got it by a token request. Else, its user signed in. */
  readonly isRequested: boolean
  /** When it ends, by the monotonic clock. */
  readonly endsAt: number
  readonly refreshToken: string
}

/** A refresh token that arrived although it was no longer the current one. */
type Reuse = {
  readonly login: string
  readonly process: number
  readonly refreshToken: string
  readonly at: number
}

/** How long access tokens last, in seconds. */
export const lifetimeSeconds = 600

/**
 * A model of an authorization server that rotates refresh tokens. If one arrives a second time, it ends the login, as RFC
 * 9700 §4.14.2 asks for.
 */
export function createTokenEndpoint(now: () => number, forgives = false) {
  const issued = new Map<string, Issued>()
  const current = new Map<string, string>()
  const reuses: Reuse[] = []
  let requests = 0
  let count = 0

  const issue = (user: string, login: number, process: number, isRequested = false) => {
    count += 1
    const accessToken = `access-${user}-${login}-${count}`
    const refreshToken = `refresh-${user}-${login}-${count}`
    issued.set(accessToken, { user, login, process, isRequested, endsAt: now() + lifetimeSeconds * 1000, refreshToken })
    current.set(`${user}-${login}`, refreshToken)
    return { accessToken, refreshToken }
  }

  return {
    issued,
    reuses,
    issue,
    requests: () => requests,
    /** The refresh token that a login can redeem, if it has not ended. */
    currentOf: (user: string, login: number) => current.get(`${user}-${login}`),
    /** Whether a refresh token can be redeemed. */
    isCurrent: (refreshToken: string) => [...current.values()].includes(refreshToken),
    /** Ends the login of a user. */
    end: (user: string, login: number) => void current.delete(`${user}-${login}`),
    /** Answers a token request. */
    answer: (form: URLSearchParams, process: number): { readonly status: number; readonly body: object } => {
      requests += 1
      const sent = form.get('refresh_token') ?? ''
      // This client may no longer use refresh tokens.
      if (sent.startsWith('refresh-robot')) return { status: 400, body: { error: 'unauthorized_client' } }
      if (form.get('grant_type') === 'password') {
        const { accessToken, refreshToken } = issue('robot', 1, process, true)
        return { status: 200, body: success(accessToken, refreshToken) }
      }
      if (form.get('grant_type') === 'client_credentials') {
        const { accessToken } = issue('application', 0, process, true)
        return { status: 200, body: success(accessToken) }
      }
      const [, user = '', login = ''] = sent.split('-')
      const name = `${user}-${login}`
      if (current.get(name) !== sent) {
        reuses.push({ login: name, process, refreshToken: sent, at: now() })
        if (!forgives) current.delete(name)
        return { status: 400, body: { error: 'invalid_grant' } }
      }
      const { accessToken, refreshToken } = issue(user, Number(login), process, true)
      return { status: 200, body: success(accessToken, refreshToken) }
    },
  }
}

const success = (accessToken: string, refreshToken?: string) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: lifetimeSeconds,
  refresh_token: refreshToken,
})

export type TokenEndpoint = ReturnType<typeof createTokenEndpoint>
