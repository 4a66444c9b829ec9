import { execFileSync } from 'node:child_process'
import { acquireScript } from '../src/lock.ts'

/** Measures the commands a second with `redis-benchmark`, which comes with Redis. */
export function measureThroughput(port: number) {
  const run = (...command: string[]) => {
    const options = ['-p', String(port), '-n', '200000', '-c', '50', '--csv']
    const output = execFileSync('redis-benchmark', [...options, ...command], { encoding: 'utf8' })
    return Math.round(Number(/^"[^"]+","([\d.]+)"/m.exec(output.split('\n').slice(1).join('\n'))?.[1]))
  }
  const entry = 'x'.repeat(1100)
  run('set', 'oauthkit:entry', entry)
  const acquire = ['eval', acquireScript, '1', 'oauthkit:entry:lock', 'owner', '5000']
  return { get: run('get', 'oauthkit:entry'), 'acquire the lock': run(...acquire) }
}
