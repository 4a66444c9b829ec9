import { mergeConfig, type UserConfig } from 'tsdown'
import { library } from '../../config/tsdown.config.ts'

const entry = { index: 'src/index.ts', 'plugin/index': 'src/plugin/index.ts', 'testing/index': 'src/testing/index.ts' }

/** The code of all entries in one build, so that they share one class of errors and one registry of tokens. */
const code = mergeConfig(library, {
  entry,
  dts: false,
  outputOptions: {
    chunkFileNames: '[name].js',
    codeSplitting: {
      // A file a room, so that bundlers leave out what is not used: the room life loads sharing, and needs the other two.
      groups: [
        { name: 'request', test: /\/src\/request\//, priority: 2 },
        { name: 'endpoint', test: /\/src\/endpoint\//, priority: 1 },
        { name: 'life', test: /\/src\/(life|grants)\// },
      ],
    },
  },
})

/** The types of each entry on their own: Deno finds none in what two entries would share. */
const types = Object.entries(entry).map(([name, file]): UserConfig =>
  mergeConfig(library, {
    entry: { [name]: file },
    dts: { oxc: true, sourcemap: true, emitDtsOnly: true },
    clean: false,
  }),
)

const configs: UserConfig[] = [code, ...types]

export default configs
