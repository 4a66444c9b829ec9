import type { Clients } from '../providers/clients.ts'
import type { Feature } from './home-page.ts'

/** Says what the app can do with the clients that it has. */
export const featuresOf = ({ login, shops, campaigns, contracts }: Clients): readonly Feature[] => [
  {
    title: 'Your profile',
    path: '/profile',
    provider: 'Bouygues Telecom',
    grant: 'Authorization code with PKCE, OpenID Connect',
    mode: login?.mode,
    variables: ['BOUYGUES_CLIENT_ID', 'BOUYGUES_CLIENT_SECRET'],
  },
  {
    title: 'Shops',
    path: '/shops',
    provider: 'Orange',
    grant: 'Client credentials',
    mode: shops?.mode,
    variables: ['ORANGE_CLIENT_ID', 'ORANGE_CLIENT_SECRET'],
  },
  {
    title: 'Campaigns',
    path: '/campaigns',
    provider: 'Digitaleo',
    grant: 'Client credentials',
    mode: campaigns?.mode,
    variables: ['DIGITALEO_CLIENT_ID', 'DIGITALEO_CLIENT_SECRET'],
  },
  {
    title: 'Contracts',
    path: '/contracts',
    provider: 'Bouygues Telecom',
    grant: 'App credentials with certificate',
    mode: contracts?.mode,
    variables: ['BOUYGUES_CLIENT_ID', 'BOUYGUES_PRIVATE_KEY'],
  },
]
