import { randomUUID } from 'node:crypto'
import type { BouyguesUserInfo } from '@oauthkit/bouygues'

/** A user who is signed in. The session's cookie holds it, so it is small. */
export type User = {
  /** The user's id at the provider. */
  readonly id: string
  readonly name: string
  /** What the profile shows of the provider's user info. */
  readonly profile: Readonly<Record<string, string>>
  /** A new one for each sign-in. The limit of open pages tells the sessions of a user apart by it. */
  readonly session: string
}

/** Takes from the user info what the pages show. */
export function createUser(info: BouyguesUserInfo): User {
  const { sub, name, given_name: givenName, login_type: loginType, user_type: userType } = info
  // The ID token was checked. These values can be anything that the provider sends.
  const roles: readonly unknown[] = [info.roles].flat()
  const profile = {
    'Signed in as': loginType,
    'Kind of user': userType,
    Roles: roles.filter(isText).join(', '),
  }
  return {
    id: sub,
    name: shorten([name, givenName].find(isText) ?? 'Your profile'),
    profile: Object.fromEntries(
      Object.entries(profile).flatMap(([title, value]) => (isText(value) ? [[title, shorten(value)]] : [])),
    ),
    session: randomUUID(),
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Four texts of this length fit into a cookie, in every script. */
const shorten = (text: string) => (text.length > 100 ? `${text.slice(0, 99)}…` : text)
