import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { User } from './session.ts'

/** Takes of the user info what the profile shows; the session need not hold more. */
export function userOf(info: BouyguesUserInfo): User {
  const {
    sub,
    name,
    given_name: givenName,
    family_name: familyName,
    login_type: loginType,
    user_type: userType,
    roles,
  } = info
  const profile = {
    'First name': givenName,
    'Last name': familyName,
    'Signed in as': loginType,
    'Kind of user': userType,
    Roles: roles?.join(', '),
  }
  const known = Object.entries(profile).filter(([, value]) => typeof value === 'string' && value !== '')
  return {
    sub,
    name: name ?? givenName ?? 'Your profile',
    profile: Object.fromEntries(known) as Record<string, string>,
  }
}
