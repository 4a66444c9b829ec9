import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startAuthorizationServer, type AuthorizationServer } from '../authorization-server.ts'
import { clients } from '../clients.ts'
import { copyPrograms, install } from '../install.ts'
import { run } from '../run.ts'
import { nextIn, startNext } from '../start-next.ts'

const place = { registry: inject('registry'), folder: inject('folder') }
const [npm] = clients

const clientSecret = `secret-${crypto.randomUUID()}`

/** The tokens of a user who has signed in. Each visit redeems the same refresh token. */
const user = {
  accessToken: `access-${crypto.randomUUID()}`,
  refreshToken: `refresh-${crypto.randomUUID()}`,
  idToken: `e30.${btoa('{"sub":"ada"}')}.c2ln`,
}

/**
 * Returns the files below a folder that hold a text, also as base64: Next.js keeps responses so. Depending on where the
 * text begins, its base64 has one of three forms, and its ends depend on the neighbours.
 */
function filesWith(text: string, folder: string): string[] {
  const encoded = [0, 1, 2].map((start) =>
    Buffer.from('-'.repeat(start) + text)
      .toString('base64')
      .slice(4, -4),
  )
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => {
      const content = readFileSync(file, 'latin1')
      return [text, ...encoded].some((form) => content.includes(form))
    })
}

const releases: Readonly<Record<string, readonly string[]>> = {
  '14': ['next@14.2.35', 'react@18.3.1', 'react-dom@18.3.1'],
  '16': ['next@16.4.6', 'react@19.2.6', 'react-dom@19.2.6'],
}

/** An app that was built with a release of Next.js, and the server that only this app uses. */
type App = { readonly folder: string; readonly server: AuthorizationServer; readonly env: Record<string, string> }

const apps = new Map<string, App>()
const servers: AuthorizationServer[] = []

async function build(release: string): Promise<void> {
  const server = await startAuthorizationServer()
  servers.push(server)
  const packages = ['@oauthkit/core', '@oauthkit/login', 'ky', ...(releases[release] ?? [])]
  const installation = await install(npm!, packages, place)
  copyPrograms('next', installation)
  const { folder } = installation
  const settings = JSON.stringify({ url: server.url, clientSecret, user })
  const env = { HOME: folder, NEXT_TELEMETRY_DISABLED: '1', SETTINGS: settings }
  await run([process.execPath, nextIn(folder), 'build'], folder, folder, env)
  apps.set(release, { folder, server, env })
}

/** Visits pages of an app, in a process of their own, one after the other. */
async function visit({ folder, server, env }: App, ...paths: string[]) {
  const app = await startNext(folder, env)
  try {
    const visits: unknown[] = []
    for (const path of paths) {
      const before = server.accessTokens.length
      const text = await (await fetch(app.url + path)).text()
      const [json = text] = /(?<=<pre>).*?(?=<\/pre>)/.exec(text) ?? []
      visits.push({ issued: server.accessTokens.length - before, got: JSON.parse(json) as unknown })
    }
    return visits
  } finally {
    await app.close()
  }
}

beforeAll(() => Promise.all(Object.keys(releases).map(build)))

afterAll(() => Promise.all(servers.map(({ close }) => close())))

describe.each(Object.keys(releases))('in Next.js %s', (release) => {
  const app = () => apps.get(release)!

  test('each token comes from the token endpoint, and its calls get their own answers, in each process', async () => {
    const { accessTokens } = app().server
    // One page was made during the build.
    expect(accessTokens.length).toBeGreaterThan(0)
    for (const process of [1, 2]) {
      const next = accessTokens.length + 1
      const paths = ['/renewals/1', '/renewals/2', '/api/1', '/api/2'].map((path) => `${path}-${process}`)
      expect(await visit(app(), ...paths)).toEqual(
        paths.map((_path, index) => ({ issued: 2, got: [next + 2 * index, next + 2 * index + 1] })),
      )
    }
  })

  test("each visit renews the user's token at the token endpoint, and reads the user info twice", async () => {
    const next = app().server.accessTokens.length + 1
    expect(await visit(app(), '/users/1', '/users/2')).toEqual([
      { issued: 1, got: { number: next, names: ['Ada 1', 'Ada 2'] } },
      { issued: 1, got: { number: next + 1, names: ['Ada 3', 'Ada 4'] } },
    ])
  })

  test('no file of the build and its caches holds a token, a secret or user info', () => {
    const { folder, server } = app()
    const secrets = [clientSecret, user.accessToken, user.refreshToken, ...server.accessTokens, ...server.refreshTokens]
    for (const secret of [...secrets, 'info-about-the-user']) {
      expect(filesWith(secret, join(folder, '.next'))).toEqual([])
    }
    // The answers of the API are there, so the search would find a token.
    expect(filesWith('answer-of-the-api', join(folder, '.next/cache'))).not.toEqual([])
  })
})
