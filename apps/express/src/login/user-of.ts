import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { User } from './session.ts'

/** Takes of the user info what the profile shows; the session need not hold more. */
export function userOf(info: BouyguesUserInfo): User {
  const { sub, name, given_name: givenName, family_name: familyName, login_type: loginType, user_type: userType } = info
  // The ID token was checked, but of these the provider may say what it likes.
  const roles: readonly unknown[] = [info.roles].flat()
  const profile = {
    'First name': givenName,
    'Last name': familyName,
    'Signed in as': loginType,
    'Kind of user': userType,
    Roles: roles.filter(isText).join(', '),
  }
  return {
    sub,
    name: [name, givenName].find(isText) ?? 'Your profile',
    profile: Object.fromEntries(Object.entries(profile).filter((entry): entry is [string, string] => isText(entry[1]))),
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
