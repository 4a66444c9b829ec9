import { testClients } from '../client-tests.ts'

// With all clients, so that the table is complete.
testClients(({ testOrange, testBouygues, testRedis }) => {
  testOrange()
  testBouygues()
  testRedis()
})
