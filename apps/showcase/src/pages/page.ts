import { html, type Html } from './html.ts'

/** What a page shows around its content. */
export type Frame = {
  /** The path of the page. */
  readonly path: string
  /** The pages of the site. */
  readonly links: readonly Link[]
  /** The name of who is signed in. */
  readonly userName?: string | undefined
  /** Whether anybody can sign in. */
  readonly canSignIn: boolean
  /** Whether some of what is shown is made up. */
  readonly isEmulated: boolean
}

/** A link to a page of the site. */
type Link = { readonly path: string; readonly text: string }

/** A page. */
export type Page = {
  readonly title: string
  readonly content: Html
  /** The path of a script of the page's own. */
  readonly script?: string
}

/** Makes a whole page around its content. */
export function page({ title, content, script }: Page, frame: Frame): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – oauthkit sample</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
        ${script && html`<script type="module" src="${script}"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        ${header(frame)}
        <main id="main" tabindex="-1">${content}</main>
        <footer>
          <p>A sample app of oauthkit. ${frame.isEmulated && 'Providers are emulated: what they say is made up.'}</p>
        </footer>
      </body>
    </html>`.toString()
}

const header = ({ path, links, userName, canSignIn }: Frame): Html =>
  html`<header>
    <a class="brand" href="/"
      ><img src="/icon.svg" alt="" width="28" height="28" /><b>oauthkit<span> sample</span></b></a
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
