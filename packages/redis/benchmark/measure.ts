// Measures what the store costs, and prints it: `node --conditions=@oauthkit/source packages/redis/benchmark/measure.ts`
import { startRedis } from '../../../config/start-redis.ts'
import { compareCalls } from './compare-calls.ts'
import { countCommands } from './count-commands.ts'
import { measureThroughput } from './measure-throughput.ts'
import { projectFleet } from './project-fleet.ts'

const redis = await startRedis()
try {
  console.log('A call that memory serves:', await compareCalls(redis.url))
  const counts = await countCommands(redis.url)
  console.log('What Redis is asked, for a token of 1,000 characters:', counts)
  const throughput = measureThroughput(redis.port)
  console.log('What this Redis answers in a second, to 50 connections:', throughput)
  console.log('10,000 instances:', projectFleet(counts, Math.min(...Object.values(throughput))))
} finally {
  await redis.stop()
}
