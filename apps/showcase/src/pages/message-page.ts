import { html, type Html } from './html.ts'
import type { Page } from './page.ts'

/** Creates a page with one message, and what to do next. */
export const messagePage = (title: string, text: string, action: Html = homeLink): Page => ({
  title,
  content: html`<h1>${title}</h1>
    <p>${text}</p>
    <p>${action}</p>`,
})

const homeLink = html`<a href="/">Back to the first page</a>`

/** The link to sign in. */
export const signInLink: Html = html`<a class="button" href="/login">Sign in with Bouygues Telecom</a>`
