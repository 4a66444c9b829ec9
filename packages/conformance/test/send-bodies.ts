import { orangeTokens } from '@oauthkit/orange'
import ky, { type KyInstance } from 'ky'
import { describe, expect, test } from 'vitest'
import type { Client, Clients, Make } from './clients.ts'
import { errorOf, isBrowser, startSite, type Echo, type Site } from './support.ts'

const text = 'Où est la boutique ?'
const bytes = new TextEncoder().encode(text)

function form(): FormData {
  const data = new FormData()
  data.set('question', text)
  data.set('attachment', new File([text], 'note.txt', { type: 'text/plain' }))
  return data
}

/** The bodies that a caller sends, and what the API must receive. */
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

/** Makes a body that can be read only one time. */
const stream = (): ReadableStream => new Blob([text]).stream()

const sentOnceMore = { tokenRequests: 2, apiCalls: 3, apiRejections: 1 }

/** Starts a site, and a client whose token has just been revoked. */
async function startWithRevokedToken<Kind extends Client>(make: Make<Kind>): Promise<{ site: Site; client: Kind }> {
  const site = await startSite()
  const client = await make(site)
  await client(site.echo)
  await site.control('revoke')
  return { site, client }
}

/** Reads what the API received, without the boundary of a form, which is different each time. */
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

/** Returns the name of the error that a promise rejects with, or `undefined` if it does not reject. */
const failureOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )

/** The clients to test: of ky with its default retry, of ky without retry, and of a `fetch`. */
type Tested = {
  readonly retrying: Clients<KyInstance>
  readonly withoutRetry: Clients<KyInstance>
  readonly fetches: Clients<typeof fetch>
}

/** Defines the tests of the bodies that clients send again after a 401. */
export function testBodies({ retrying, withoutRetry, fetches }: Tested): void {
  describe.each<readonly [string, Make<Client>]>([...retrying, ...withoutRetry, ...fetches])(
    'after a 401, %s sends again',
    (_client, make) => {
      test.each(bodies)('%s', async (_body, body, expected) => {
        const { site, client } = await startWithRevokedToken(make)
        const echo = await read(client(site.echo, { method: 'POST', body: body() }))
        expect(echo).toMatchObject({ method: 'POST', authorization: 'Bearer', ...expected })
        expect(await site.control('counters')).toMatchObject(sentOnceMore)

        const { accessToken } = await orangeTokens(site.client).getToken()
        const headers = { authorization: `Bearer ${accessToken}` }
        expect(echo, 'the same as without oauthkit').toEqual(
          await read(fetch(site.echo, { method: 'POST', body: body(), headers })),
        )
      })
    },
  )

  describe.each([...retrying, ...withoutRetry])('after a 401, %s sends again', (_client, make) => {
    test('JSON', async () => {
      const { site, client } = await startWithRevokedToken(make)
      const echo = await read(client.post(site.echo, { json: { question: text } }))
      expect(echo).toMatchObject({ text: JSON.stringify({ question: text }), contentType: 'application/json' })
      expect(await site.control('counters')).toMatchObject(sentOnceMore)
    })

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
  })

  describe.each(retrying)('after a 401, %s sends again', (_client, make) => {
    test('the new body, if a hook replaced the original', async () => {
      const { site, client } = await startWithRevokedToken(make)
      const replace = ({ request }: { request: Request }) => new Request(request, { body: 'signed', method: 'PUT' })
      const echo = await read(client.post(site.echo, { body: text, hooks: { beforeRequest: [replace] } }))
      expect(echo).toMatchObject({ method: 'PUT', text: 'signed' })
      expect(await site.control('counters')).toMatchObject(sentOnceMore)
    })

    test('a stream, if the runtime can send one', async () => {
      const { site, client } = await startWithRevokedToken(make)
      // A browser sends streams over HTTP/2 only, and the server speaks HTTP/1.1.
      const failure = isBrowser ? 'NetworkError' : undefined
      expect(await failureOf(ky.post(`${site.url}/elsewhere/200`, { body: stream() })), 'without oauthkit').toBe(
        failure,
      )
      const sent = read(client.post(site.echo, { body: stream() }))
      expect(await failureOf(sent)).toBe(failure)
      expect(await sent.catch(() => ({}))).toMatchObject(isBrowser ? {} : { method: 'POST', text })
      expect(await site.control('counters')).toMatchObject(isBrowser ? { tokenRequests: 1, apiCalls: 1 } : sentOnceMore)
    })
  })

  describe.each(withoutRetry)('after a 401, %s cannot send again', (_client, make) => {
    test('a stream: the call gets the 401, and the next call a new token', async () => {
      const { site, client } = await startWithRevokedToken(make)
      const error = await errorOf(client.post(site.echo, { body: stream() }))
      // A browser cannot send the stream at all. So only the next call finds out that the token was revoked.
      expect(error).toMatchObject(
        isBrowser ? { name: 'NetworkError' } : { name: 'HTTPError', response: { status: 401 } },
      )
      expect(await read(client.post(site.echo, { body: text }))).toMatchObject({ text })
      expect(await site.control('counters')).toMatchObject(sentOnceMore)
    })
  })
}
