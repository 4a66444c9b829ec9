import type { HeadConfig } from 'vitepress'
import { siteUrl } from './public-packages.ts'

/** The picture that is shown with a link to a page, 1200 by 630 pixels, as its path on the site. */
export const cardPath = 'card.png'

/**
 * The tags by which other sites show a link to a page.
 *
 * @param path - the path of the page on the site, such as `packages/redis`.
 * @see {@link https://ogp.me}
 */
export const socialTags = (path: string, title: string, description: string): HeadConfig[] =>
  Object.entries({
    'og:type': 'website',
    'og:site_name': 'oauthkit',
    'og:title': title,
    'og:description': description,
    'og:url': siteUrl.href + path,
    'og:image': siteUrl.href + cardPath,
    'og:image:alt': 'oauthkit: every API call carries a valid token',
    // Without it, X shows the picture small.
    'twitter:card': 'summary_large_image',
  }).map(([name, content]) => ['meta', { [name.startsWith('og:') ? 'property' : 'name']: name, content }])
