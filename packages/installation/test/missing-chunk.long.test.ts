import { testMissingChunk } from '../missing-chunk.ts'

testMissingChunk(['pnpm', 'Bun'])
