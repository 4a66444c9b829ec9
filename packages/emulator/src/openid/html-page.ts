import { randomText } from '../random-text.ts'

/** A page for a browser. */
export type HtmlPage = {
  /** The HTTP status. */
  readonly status: number
  /** What it is about, as text. */
  readonly title: string
  /** What it holds, as HTML: values in it went through {@link escapeHtml}. */
  readonly body: string
  /**
   * Where forms may lead beside this server, as a source of a content security policy.
   *
   * @defaultValue Nowhere.
   */
  readonly formTarget?: string
}

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f4f6;color:#1b1b1f}
main{max-width:24rem;margin:4rem auto;padding:2rem;background:#fff;border-radius:.5rem}
h1{font-size:1.25rem;margin-top:0}label{display:block;margin-top:1rem}
input{box-sizing:border-box;width:100%;padding:.5rem;font:inherit}button{margin:1.5rem .5rem 0 0;padding:.5rem 1rem;font:inherit}
[role=alert]{color:#a40014}`

/** Makes a page: no script, nothing from elsewhere, and in no frame. */
export function htmlPage({ status, title, body, formTarget = '' }: HtmlPage): Response {
  const nonce = randomText(16)
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    // Browsers apply this to where a form's answer redirects to as well.
    `form-action 'self' ${formTarget}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return new Response(html, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy.join('; '),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

/** Makes a text safe in HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
