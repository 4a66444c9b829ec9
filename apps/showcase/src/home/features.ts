import type { Clients } from '../providers/clients.ts'
import type { Feature } from './home-page.ts'

/** Returns the pages of the app, and which of them its clients allow. */
export const featuresOf = ({ login, shops, campaigns, contracts }: Clients): readonly Feature[] => [
  {
    title: 'Your profile',
    path: '/profile',
    about: 'Sign in, and see your account and your mobile data.',
    provider: 'Bouygues Telecom',
    grant: 'authorization code with PKCE, OpenID Connect',
    mode: login?.mode,
    variables: ['BOUYGUES_CLIENT_ID', 'BOUYGUES_CLIENT_SECRET'],
  },
  {
    title: 'Shops',
    path: '/shops',
    about: 'Find the shops near a postal code.',
    provider: 'Orange',
    grant: 'client credentials',
    mode: shops?.mode,
    variables: ['ORANGE_CLIENT_ID', 'ORANGE_CLIENT_SECRET'],
  },
  {
    title: 'Campaigns',
    path: '/campaigns',
    about: 'Search the marketing campaigns of a company.',
    provider: 'Digitaleo',
    grant: 'client credentials',
    mode: campaigns?.mode,
    variables: ['DIGITALEO_CLIENT_ID', 'DIGITALEO_CLIENT_SECRET'],
  },
  {
    title: 'Contracts',
    path: '/contracts',
    about: 'List the contracts of a company.',
    provider: 'Bouygues Telecom',
    grant: 'app credentials with certificate',
    mode: contracts?.mode,
    variables: ['BOUYGUES_CLIENT_ID', 'BOUYGUES_PRIVATE_KEY'],
  },
]
