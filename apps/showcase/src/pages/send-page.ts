import type { Response } from 'express'
import { page, type Frame, type Page } from './page.ts'

/** Sends a page in the frame of this request, which {@link setFrame} keeps. */
export function sendPage(response: Response, content: Page): void {
  response.type('html').send(page(content, frameOf(response)))
}

/** Keeps the frame of the page that answers a request. */
export function setFrame(response: Response, frame: Frame): void {
  response.locals['frame'] = frame
}

/** An error can happen before there is a frame. */
const frameOf = ({ locals, req }: Response): Frame =>
  (locals['frame'] as Frame | undefined) ?? { path: req.path, links: [], canSignIn: false, isEmulated: false }
