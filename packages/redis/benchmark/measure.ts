// Measures and prints the costs of the store: `node --conditions=@oauthkit/source packages/redis/benchmark/measure.ts`
import { startRedis } from '../../../config/start-redis.ts'
import { compareCalls } from './compare-calls.ts'
import { countCommands } from './count-commands.ts'
import { measureThroughput } from './measure-throughput.ts'
import { projectFleet } from './project-fleet.ts'

const redis = await startRedis()
try {
  console.log('A call with a token from memory:', await compareCalls(redis.url))
  const counts = await countCommands(redis.url)
  console.log('Commands and bytes, for a token of 1,000 characters:', counts)
  const throughput = measureThroughput(redis.port)
  console.log('Commands a second of this Redis, over 50 connections:', throughput)
  console.log('10,000 instances:', projectFleet(counts, Math.min(...Object.values(throughput))))
} finally {
  await redis.stop()
}
