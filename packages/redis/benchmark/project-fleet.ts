import type { countCommands, Load } from './count-commands.ts'

const instances = 10_000
const lifetimeSeconds = 3600

/** Calculates the load of 10,000 instances on one Redis that answers `commandsPerSecond`. */
export function projectFleet(measured: Awaited<ReturnType<typeof countCommands>>, commandsPerSecond: number) {
  const { renewal, adoption, coldStart, bytesOfEntry, bytesOfConnection } = measured
  const commandsOf = ({ commands }: Load) => Object.values(commands).reduce((sum, count) => sum + count, 0)
  const bytesOf = ({ bytesIn, bytesOut }: Load) => bytesIn + bytesOut
  const perLifetime = (of: (load: Load) => number) => of(renewal) + (instances - 1) * of(adoption)
  const atColdStart = instances * commandsOf(coldStart)
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  return {
    'commands in a lifetime of the token': perLifetime(commandsOf),
    'commands a second': (perLifetime(commandsOf) / lifetimeSeconds).toFixed(1),
    'bytes a second': Math.round(perLifetime(bytesOf) / lifetimeSeconds),
    'commands when all start at once': Math.round(atColdStart),
    'seconds of this Redis': (atColdStart / commandsPerSecond).toFixed(1),
    'bytes when all start at once': megabytes(instances * bytesOf(coldStart)),
    'memory of the application’s token': `${bytesOfEntry} bytes`,
    'memory of 10,000 users’ tokens': megabytes(instances * bytesOfEntry),
    'memory of the connections': megabytes(instances * bytesOfConnection),
  }
}
