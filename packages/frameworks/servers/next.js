import { fileURLToPath } from 'node:url'
import next from 'next'
import { listen } from './listen.ts'

listen(async () => {
  const app = next({ dev: true, dir: fileURLToPath(new URL('../next', import.meta.url)), quiet: true })
  await app.prepare()
  return app.getRequestHandler()
})
