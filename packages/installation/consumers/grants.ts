/** A project that exchanges the token of a user. */
import type { Grant, TokenSource } from '@oauthkit/core'
import { tokenExchange, type TokenExchangeOptions } from '@oauthkit/grants'

export const exchange = (subject: TokenSource): Grant => tokenExchange({ subject, audience: ['orders'] })

export const options: TokenExchangeOptions['subjectTokenType'] = 'urn:example:own'

// @ts-expect-error -- the subject is a source, and no token
tokenExchange({ subject: 'a-token' })
