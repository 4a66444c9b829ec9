import { orangeTokens } from '@oauthkit/orange'
import ky, { HTTPError } from 'ky'
import { describe, expect, test } from 'vitest'
import { fetchClients, kyClients, kyClientsWithoutRetry, type Client, type Make } from './clients.ts'
import { errorOf, isBrowser, startSite, type Echo, type Site } from './support.ts'

const text = 'Où est la boutique ?'
const bytes = new TextEncoder().encode(text)

function form(): FormData {
  const data = new FormData()
  data.set('question', text)
  data.set('attachment', new File([text], 'note.txt', { type: 'text/plain' }))
  return data
}

/** What a caller gives, and what the API is to receive. */
const bodies: readonly [string, () => BodyInit | null, object][] = [
  ['a string', () => text, { text }],
  ['an empty string', () => '', { text: '' }],
  ['URL parameters', () => new URLSearchParams({ q: 'é & =' }), { text: 'q=%C3%A9+%26+%3D' }],
  [
    'a form with a file',
    form,
    {
      form: [
        ['question', text],
        ['attachment', { name: 'note.txt', text }],
      ],
    },
  ],
  ['a Blob', () => new Blob([text], { type: 'text/x-note' }), { text, contentType: 'text/x-note' }],
  ['an ArrayBuffer', () => bytes.slice().buffer, { text }],
  ['a Uint8Array', () => bytes.slice(), { text }],
  ['a part of a buffer', () => new Uint8Array(bytes.buffer, 4, 8), { text: 'est la b' }],
  ['no body', () => null, { text: '' }],
]

/** A body that can be read only once. */
const stream = (): ReadableStream => new Blob([text]).stream()

const sentOnceMore = { tokenRequests: 2, apiCalls: 3, apiRejections: 1 }

/** A client whose token was revoked just now. */
async function startWithRevokedToken<Kind extends Client>(make: Make<Kind>): Promise<{ site: Site; client: Kind }> {
  const site = await startSite()
  const client = await make(site)
  await client(site.echo)
  await site.control('revoke')
  return { site, client }
}

/** What the API received, without the boundary of a form, which is another each time. */
async function read(response: Promise<Response>): Promise<Partial<Echo>> {
  const echo = (await (await response).json()) as Echo
  if (!echo.form) return echo
  const { method, contentType, authorization, form: entries } = echo
  return {
    method,
    contentType: contentType?.replace(/boundary=.+$/, 'boundary=…') ?? null,
    authorization,
    form: entries,
  }
}

/** The name of the error a promise rejects with, if it does. */
const failureOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )

describe.each([...kyClients, ...kyClientsWithoutRetry, ...fetchClients])(
  'after a 401, %s sends once more',
  (_client, make) => {
    test.each(bodies)('%s', async (_body, body, expected) => {
      const { site, client } = await startWithRevokedToken<Client>(make)
      const echo = await read(client(site.echo, { method: 'POST', body: body() }))
      expect(echo).toMatchObject({ method: 'POST', authorization: 'Bearer', ...expected })
      expect(await site.control('counters')).toMatchObject(sentOnceMore)

      const { accessToken } = await orangeTokens(site.client).getToken()
      const headers = { authorization: `Bearer ${accessToken}` }
      expect(echo, 'as without oauthkit').toEqual(
        await read(fetch(site.echo, { method: 'POST', body: body(), headers })),
      )
    })
  },
)

describe.each([...kyClients, ...kyClientsWithoutRetry])('after a 401, %s sends once more', (_client, make) => {
  test('JSON', async () => {
    const { site, client } = await startWithRevokedToken(make)
    const echo = await read(client.post(site.echo, { json: { question: text } }))
    expect(echo).toMatchObject({ text: JSON.stringify({ question: text }), contentType: 'application/json' })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })
})

describe.each(kyClients)('after a 401, %s sends once more', (_client, make) => {
  test('the body of a Request', async () => {
    const { site, client } = await startWithRevokedToken(make)
    const echo = await read(client(new Request(site.echo, { method: 'POST', body: form() })))
    expect(echo).toMatchObject({
      method: 'POST',
      form: [
        ['question', text],
        ['attachment', { text }],
      ],
    })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })

  test('a body that a hook put in place of the given one', async () => {
    const { site, client } = await startWithRevokedToken(make)
    const replace = ({ request }: { request: Request }) => new Request(request, { body: 'signed', method: 'PUT' })
    const echo = await read(client.post(site.echo, { body: text, hooks: { beforeRequest: [replace] } }))
    expect(echo).toMatchObject({ method: 'PUT', text: 'signed' })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })

  test('a stream, where the runtime can send one', async () => {
    const { site, client } = await startWithRevokedToken(make)
    // A browser sends streams over HTTP/2 only, and the server speaks HTTP/1.1.
    const failure = isBrowser ? 'NetworkError' : undefined
    expect(await failureOf(ky.post(`${site.url}/elsewhere/200`, { body: stream() })), 'without oauthkit').toBe(failure)
    const sent = read(client.post(site.echo, { body: stream() }))
    expect(await failureOf(sent)).toBe(failure)
    expect(await sent.catch(() => ({}))).toMatchObject(isBrowser ? {} : { method: 'POST', text })
    expect(await site.control('counters')).toMatchObject(isBrowser ? { tokenRequests: 1, apiCalls: 1 } : sentOnceMore)
  })
})

describe.each(kyClientsWithoutRetry)('after a 401, %s cannot send once more', (_client, make) => {
  test('the body of a Request: the call gets the 401, and the next one a new token', async () => {
    const { site, client } = await startWithRevokedToken(make)
    const error = await errorOf(client(new Request(site.echo, { method: 'POST', body: text })))
    expect(error).toBeInstanceOf(HTTPError)
    expect(error).toMatchObject({ response: { status: 401 }, data: { code: 41 } })
    expect(await read(client.post(site.echo, { body: text }))).toMatchObject({ text })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })

  test('a stream: the call gets the 401, and the next one a new token', async () => {
    const { site, client } = await startWithRevokedToken(make)
    const error = await errorOf(client.post(site.echo, { body: stream() }))
    // Again, a browser cannot send it at all: then nobody learns that the token was revoked until the next call.
    expect(error).toMatchObject(isBrowser ? { name: 'NetworkError' } : { name: 'HTTPError', response: { status: 401 } })
    expect(await read(client.post(site.echo, { body: text }))).toMatchObject({ text })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })
})
