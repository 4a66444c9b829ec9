import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config'

/** Resolves workspace packages to their sources, so that tests need no build. */
const conditions = ['@oauthkit/source']

/** Whether the tests run on Node, and not on Bun or Deno. What starts other programs runs on Node only. */
export const isNode: boolean = !('bun' in process.versions) && !('deno' in process.versions)

/** What takes long, and breaks seldom, is in files of this name. Only `test:long` runs them. */
const long = process.env['LONG_TESTS'] === 'yes' ? [] : ['**/*.long.test.ts']

/** The settings that the tests of all packages share. */
export const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    exclude: [...configDefaults.exclude, ...long],
    // Half of the tests wait for a server, a browser or another process. By default, one core would be idle.
    maxWorkers: '100%',
    // A process for each file took more time than the tests of most files. Each test cleans up what it changes.
    isolate: false,
    unstubEnvs: true,
    unstubGlobals: true,
    // These limits end a test that hangs. They must not end one that is slow because the machine is busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 300_000 } },
    // Code that waits reads a clock too. A clock that stayed real would move on while a busy machine lets the test wait.
    fakeTimers: { toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] },
  },
})
