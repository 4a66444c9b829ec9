import { html, type Html } from './html.ts'

/** What a page shows around its content. */
export type Frame = {
  /** The path of the page. */
  readonly path: string
  /** The pages of the site. */
  readonly links: readonly Link[]
  /** The name of the user who is signed in. */
  readonly userName?: string | undefined
  /** Whether users can sign in. */
  readonly canSignIn: boolean
  /** Whether some of the data is invented. */
  readonly isEmulated: boolean
}

/** A link to a page of the site. */
type Link = { readonly path: string; readonly text: string }

/** A page. */
export type Page = {
  readonly title: string
  readonly content: Html
  /** The path of the page's own script. */
  readonly script?: string
}

/** Creates a whole page around its content. */
export function page({ title, content, script }: Page, frame: Frame): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – oauthkit showcase</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
        ${script && html`<script type="module" src="${script}"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        ${header(frame)}
        <main id="main" tabindex="-1">${content}</main>
        <footer>
          <p>
            The showcase of oauthkit. ${frame.isEmulated && 'The providers are emulated, so their data is invented.'}
          </p>
        </footer>
      </body>
    </html>`.toString()
}

const header = ({ path, links, userName, canSignIn }: Frame): Html =>
  html`<header>
    <a class="brand" href="/"
      ><img src="/icon.svg" alt="" width="28" height="28" /><b>oauthkit<span> showcase</span></b></a
    >
    <nav aria-label="Pages">
      <ul>
        ${links.map((link) => item(link, path))}
      </ul>
    </nav>
    ${
      canSignIn &&
      html`<nav class="account" aria-label="Account">
        <ul>
          ${item(userName === undefined ? { path: '/login', text: 'Sign in' } : { path: '/profile', text: userName }, path)}
        </ul>
      </nav>`
    }
  </header>`

const item = (link: Link, path: string): Html =>
  html`<li><a href="${link.path}" ${link.path === path && html`aria-current="page"`}>${link.text}</a></li>`
