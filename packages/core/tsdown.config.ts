import type { UserConfig } from 'tsdown'
import { library } from '../../config/tsdown.ts'

// Each on its own: Deno finds no types in what two entries would share.
const configs: UserConfig[] = [
  library('src/index.ts'),
  { ...library('src/testing/index.ts'), outDir: 'dist/testing', clean: false },
]

export default configs
