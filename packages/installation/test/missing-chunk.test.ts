import { testMissingChunk } from '../missing-chunk.ts'

testMissingChunk(['npm', 'Deno'])
