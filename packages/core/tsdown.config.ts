import { mergeConfig, type UserConfig } from 'tsdown'
import { library } from '../../config/tsdown.config.ts'

const entry = { index: 'src/index.ts', 'plugin/index': 'src/plugin/index.ts', 'testing/index': 'src/testing/index.ts' }

/** Builds the code of all entries together, so that they share one error class and one registry of tokens. */
const code = mergeConfig(library, {
  entry,
  dts: false,
  outputOptions: {
    chunkFileNames: '[name].js',
    codeSplitting: {
      // One file for each room, so that bundlers leave out unused rooms. The room life needs request and endpoint, and
      // loads the rest later, its rate limit too. What few users import, and the rest needs too, is a file of its own:
      // then bundlers load it with the rest. What is loaded after a failure imports no file with an import(), else
      // Rolldown would keep both parts for users who need neither.
      groups: [
        {
          name: 'common',
          test: /\/src\/((errors|error-code|token|members|wait|read-text|secure-url|pause)|endpoint\/(read-answer|token-response))\.ts$/,
          priority: 4,
        },
        { name: 'rejection', test: /\/src\/(challenges|request\/rejection)\.ts$/ },
        { name: 'redactor', test: /\/src\/(failure\/redactor|spellings)\.ts$/, priority: 5 },
        {
          name: 'request',
          test: /\/src\/request\/(?!rejection|explain|handle-unusual|send-with-headers)/,
          priority: 3,
        },
        { name: 'endpoint', test: /\/src\/endpoint\/(?!revoke|discover|fetch-metadata|shape-request)/, priority: 2 },
        { name: 'life', test: /\/src\/(life\/(?!tokens-by|rate-limit)|grants\/)/, priority: 1 },
        {
          name: 'seldom',
          test: /\/src\/(lru|life\/tokens-by|endpoint\/(revoke|discover|fetch-metadata))\.ts$/,
        },
      ],
    },
  },
})

/** Builds the types of each entry separately, because Deno finds no types in a file that two entries share. */
const types = Object.entries(entry).map(([name, file]): UserConfig =>
  mergeConfig(library, {
    entry: { [name]: file },
    dts: { oxc: true, emitDtsOnly: true },
    clean: false,
  }),
)

const configs: UserConfig[] = [code, ...types]

export default configs
