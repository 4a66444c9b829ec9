import { Readable } from 'node:stream'
import { Response as NodeFetchResponse } from 'node-fetch'
import { expect, test, vi } from 'vitest'
import { discard, readText } from '../src/read-text.ts'
import { deferred } from './support.ts'

const encode = (text: string) => new TextEncoder().encode(text)

async function* iterate(...chunks: string[]) {
  for (const chunk of chunks) yield encode(chunk)
}

/** A response whose only way to its body is `text()`, with another member `body`. */
const textOnly = (text: string, members: object = {}) => ({ text: async () => text, ...members }) as Response

const likeResponse = (body: unknown) => textOnly('unread', { body })

const split = '{"a":"é€😀"}'
const bytes = encode(split)
const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))

/** The responses of all kinds of `fetch`. Each has the text in `split`. */
const responses: [what: string, make: () => Response][] = [
  ['the platform', () => new Response(split)],
  [
    'the platform, in pieces',
    () =>
      new Response(
        new ReadableStream({
          start: (controller) => {
            for (const piece of pieces) controller.enqueue(piece)
            controller.close()
          },
        }),
      ),
  ],
  ['the platform, with a byte order mark', () => new Response(`\uFEFF${split}`)],
  ['node-fetch', () => new NodeFetchResponse(split) as unknown as Response],
  [
    'node-fetch, in pieces',
    () => new NodeFetchResponse(Readable.from(pieces.map((piece) => Buffer.from(piece)))) as unknown as Response,
  ],
  ['a fetch with a stream of Node.js', () => likeResponse(Readable.from([Buffer.from(split)]))],
  ['a fetch with an iterable body', () => likeResponse(iterate(split.slice(0, 3), split.slice(3)))],
  ['a fetch without a body', () => textOnly(split)],
  ['a fetch whose body is null', () => textOnly(split, { body: null })],
  ['a fetch whose body is a text', () => textOnly(split, { body: split })],
  ['a fetch whose body is another object', () => textOnly(split, { body: { pipe: () => {} } })],
]

test.each(responses)('the text of a response of %s is read', async (what, make) => {
  const length = bytes.length + (what.includes('mark') ? 3 : 0)
  expect(await readText(make(), 1000)).toEqual({ text: split, cut: false })
  expect(await readText(make(), length)).toEqual({ text: split, cut: false })
})

test.each(responses)('the text of a response of %s is cut', async (what, make) => {
  const limit = what.includes('mark') ? 8 : 5
  expect(await readText(make(), limit)).toEqual({ text: '{"a":', cut: true })
})

test.each([
  ['the platform', () => new Response(null)],
  ['node-fetch', () => new NodeFetchResponse(null) as unknown as Response],
])('a response of %s without a body has an empty text', async (_what, make) => {
  expect(await readText(make(), 1000)).toEqual({ text: '', cut: false })
})

/** Bodies that never end. `isFreed`: whether the reading has freed the connection. */
const endless: [what: string, make: () => { response: Response; isFreed: () => boolean }][] = [
  [
    'a web stream',
    () => {
      const cancel = vi.fn<() => void>()
      const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(new Uint8Array(1000).fill(32))
      return {
        response: new Response(new ReadableStream({ pull, cancel })),
        isFreed: () => cancel.mock.calls.length > 0,
      }
    },
  ],
  [
    'a stream of Node.js',
    () => {
      const body = new Readable({ read: () => void body.push(Buffer.alloc(1000, ' ')) })
      return { response: new NodeFetchResponse(body) as unknown as Response, isFreed: () => body.destroyed }
    },
  ],
]

test.each(endless)('the rest of %s is not read, and is cancelled', async (_what, make) => {
  const { response, isFreed } = make()
  expect(await readText(response, 10_000)).toEqual({ text: ' '.repeat(10_000), cut: true })
  expect(isFreed()).toBe(true)
})

/** Bodies that send nothing. */
const silent: [what: string, make: () => { response: Response; isFreed: () => boolean }][] = [
  [
    'a web stream',
    () => {
      const cancel = vi.fn<() => void>()
      return { response: new Response(new ReadableStream({ cancel })), isFreed: () => cancel.mock.calls.length > 0 }
    },
  ],
  [
    'a stream of Node.js',
    () => {
      const body = new Readable({ read: () => {} })
      return { response: new NodeFetchResponse(body) as unknown as Response, isFreed: () => body.destroyed }
    },
  ],
]

test.each(silent)('the reading of %s can be ended while it waits', async (_what, make) => {
  const { response, isFreed } = make()
  const { promise: ended, resolve: end } = deferred<void>()
  const reading = readText(response, 1000, ended).catch(() => {})
  end()
  await reading
  expect(isFreed()).toBe(true)
})

test.each(silent)('%s that is not needed is freed', (_what, make) => {
  const { response, isFreed } = make()
  expect(discard(response.body)).toBeUndefined()
  expect(isFreed()).toBe(true)
})

test('what cannot be freed is left, without an error', () => {
  const locked = new Response('x')
  locked.body?.getReader()
  for (const body of [locked.body, null, undefined, textOnly('x').body]) expect(() => discard(body)).not.toThrow()
})
