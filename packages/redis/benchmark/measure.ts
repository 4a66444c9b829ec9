// Measures what the store costs, and prints it: `node --conditions=@oauthkit/source packages/redis/benchmark/measure.ts`
import { startRedis } from '../../../config/start-redis.ts'
import { compareCalls } from './compare-calls.ts'
import { countCommands } from './count-commands.ts'
import { measureThroughput } from './measure-throughput.ts'

const redis = await startRedis(undefined, ['--maxclients', '10500'])
try {
  console.log('A call that memory serves:')
  console.log(await compareCalls(redis.url))
  console.log('What Redis is asked, for a token of 1,000 characters:')
  console.log(await countCommands(redis.url))
  console.log('What this Redis answers in a second, to 50 connections:')
  console.log(await measureThroughput(redis.port))
} finally {
  await redis.stop()
}
