import { afterAll, beforeAll, inject } from 'vitest'
import { testClients } from '../client-tests.ts'
import { strictClient } from '../clients.ts'
import { install } from '../install.ts'
import { tableOf } from '../table.ts'

// The registry downloads the other packages now, so that no client has to wait for that.
beforeAll(async () => {
  const names = [...inject('published').map(({ name }) => name), 'ky', 'redis']
  await install(strictClient, names, { registry: inject('registry'), folder: inject('folder') })
})

// With all clients, so that the table is complete.
const rows = testClients(({ testOrange, testBouygues, testRedis }) => {
  testOrange()
  testBouygues()
  testRedis()
})

afterAll(() => console.log(tableOf(rows)))
