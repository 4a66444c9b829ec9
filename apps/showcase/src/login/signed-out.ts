import { Router } from 'express'
import { html } from '../pages/html.ts'
import { signInLink } from '../pages/message-page.ts'
import { sendPage } from '../pages/send-page.ts'

/** Answers `GET /signed-out`, the page after a log-out. */
export const signedOut = (): Router =>
  Router({ strict: true, caseSensitive: true }).get('/signed-out', (_request, response) =>
    sendPage(response, {
      title: 'Signed out',
      content: html`<h1>You are signed out</h1>
        <p>Your session has ended, and this site has deleted your tokens.</p>
        <p>${signInLink}</p>`,
    }),
  )
