import type { Response } from 'express'
import { page, type Frame, type Page } from './page.ts'

/** Sends a page in the frame that {@link setFrame} has made for this request. */
export function sendPage(response: Response, content: Page): void {
  response.type('html').send(page(content, frameOf(response)))
}

/** Keeps the frame of the pages that answer a request. */
export function setFrame(response: Response, frame: Frame): void {
  response.locals['frame'] = frame
}

/** What went wrong may have gone wrong before there was a frame. */
const frameOf = ({ locals, req }: Response): Frame =>
  (locals['frame'] as Frame | undefined) ?? { path: req.path, links: [], canSignIn: false, isEmulated: false }
