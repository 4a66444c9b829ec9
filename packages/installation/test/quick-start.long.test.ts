import { expect, inject, onTestFinished, test } from 'vitest'
import { clients } from '../clients.ts'
import { install } from '../install.ts'
import { blockOf, files, sectionOf, writeFiles } from '../quick-start.ts'
import { startWrangler } from '../start-wrangler.ts'

const place = { registry: inject('registry'), folder: inject('folder') }
const [npm] = clients

test('the Worker of the quick start answers under wrangler with the credentials of .dev.vars', async () => {
  const section = sectionOf('Workers')
  const installation = await install(npm!, ['ky', '@oauthkit/orange', '@oauthkit/emulator'], place)
  writeFiles(installation, {
    'emulator.js': files['emulator.js'],
    'worker.js': `import './emulator.js'\n${blockOf(section, 'js')}`,
    'wrangler.json': blockOf(section, 'json'),
    '.dev.vars': files['.env'],
  })
  const worker = await startWrangler(installation.folder)
  onTestFinished(worker.close)
  const response = await fetch(worker.url)
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ length: 3 })])
})
